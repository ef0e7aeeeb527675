import { describe, expect, it } from 'vitest';
import { AresError } from '../../../src/core/ares-error.ts';
import type { EventEnvelope } from '../../../src/core/events/envelope.ts';
import type { Invocation } from '../../../src/core/events/invocation.ts';
import { sweepOutbox } from '../../../src/core/events/sweep-outbox.ts';
import type { EventBus } from '../../../src/core/ports/event-bus.ts';
import type { Metric } from '../../../src/core/ports/metrics.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { candidateRegistered } from '../../support/sample-event.ts';

const idOf = (event: EventEnvelope): string => event.detail.metadata.id;

function desk(publish: EventBus['publish'] = async (events) => events.map(idOf)) {
  const clock = manualClock();
  const ledger = createMemoryLedger(clock);
  const recorded: Metric[] = [];
  const got: string[] = [];
  const eventBus: EventBus = {
    async publish(events) {
      const taken = await publish(events);
      got.push(...taken);
      return taken;
    },
  };
  const metrics = { record: async (series: readonly Metric[]) => void recorded.push(...series) };
  const invocation = (): Invocation => ({
    id: 'sweep',
    now: clock.now(),
    correlationId: 'sweep',
    sessionId: 's',
    trigger: { kind: 'schedule' },
  });
  return {
    clock,
    ledger,
    recorded,
    got,
    commit: (id: string) => ledger.commit({ token: id, writes: [], audit: [], events: [candidateRegistered(id)] }),
    sweep: () => sweepOutbox(invocation(), { outbox: ledger, eventBus, metrics }),
  };
}

describe('sweeping the outbox', () => {
  it('publishes what has waited for over a minute and leaves the rest to the relay', async () => {
    const { clock, ledger, commit, sweep, got, recorded } = desk();
    await commit('old');
    clock.pass(30_000);
    await commit('new');
    clock.pass(30_001);
    expect(await sweep()).toEqual({ stuck: 1, published: 1, refused: {} });
    expect(got).toEqual(['old']);
    expect((await ledger.pending(10)).map(idOf)).toEqual(['new']);
    expect(recorded).toEqual([{ name: 'outbox-stuck', value: 1, unit: 'Count', at: clock.now(), dimensions: {} }]);
  });

  it('records that nothing was stuck, and does not touch the bus', async () => {
    const { sweep, recorded, commit } = desk(() => Promise.reject(new Error('not needed')));
    await commit('new');
    expect(await sweep()).toEqual({ stuck: 0, published: 0, refused: {} });
    expect(recorded).toEqual([expect.objectContaining({ name: 'outbox-stuck', value: 0 })]);
  });

  it('goes by the time of the commit, not by the time the event is of', async () => {
    const { clock, ledger, sweep, got } = desk();
    const future = candidateRegistered('future');
    const metadata = { ...future.detail.metadata, occurredAt: clock.now() + 10 ** 12 };
    await ledger.commit({
      token: 't',
      writes: [],
      audit: [],
      events: [{ ...future, detail: { ...future.detail, metadata } }],
    });
    expect((await sweep()).stuck).toBe(0);
    clock.pass(60_001);
    await sweep();
    expect(got).toEqual(['future']);
  });

  it('records what is stuck before a bus that takes nothing fails it', async () => {
    const { clock, commit, sweep, recorded } = desk(() =>
      Promise.reject(new AresError('EVENT_BUS_UNAVAILABLE', 'no answer')),
    );
    await commit('a');
    await commit('b');
    clock.pass(60_001);
    await expect(sweep()).rejects.toMatchObject({ code: 'EVENT_BUS_UNAVAILABLE' });
    expect(recorded).toEqual([expect.objectContaining({ value: 2 })]);
  });

  it('brings every other event through beside one the bus never takes, and says why that one stays', async () => {
    const { clock, commit, sweep, got, ledger } = desk(async (events) => {
      if (events.some((event) => idOf(event) === 'bad')) throw new Error('too large');
      return events.map(idOf);
    });
    for (const id of ['a', 'bad', 'b']) await commit(id);
    clock.pass(60_001);
    expect(await sweep()).toEqual({ stuck: 3, published: 2, refused: { bad: 'too large' } });
    expect(got).toEqual(['a', 'b']);
    expect((await ledger.pending(10)).map(idOf)).toEqual(['bad']);
    expect((await sweep()).stuck).toBe(1);
  });
});
