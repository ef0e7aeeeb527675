import { describe, expect, it } from 'vitest';
import { AresError } from '../../../src/core/ares-error.ts';
import type { EventEnvelope } from '../../../src/core/events/envelope.ts';
import { type CommittedEvent, relayCommitted } from '../../../src/core/events/relay-committed.ts';
import type { EventBus } from '../../../src/core/ports/event-bus.ts';
import { candidateRegistered } from '../../support/sample-event.ts';

const idOf = (event: EventEnvelope): string => event.detail.metadata.id;
const good = (id: string): CommittedEvent => ({ position: `at-${id}`, event: candidateRegistered(id) });
const bad = (id: string): CommittedEvent => ({ position: `at-${id}`, unreadable: 'no event' });

function desk(publish: EventBus['publish'] = async (events) => events.map(idOf)) {
  const got: string[] = [];
  const marked: string[] = [];
  const ports = {
    eventBus: {
      async publish(events: readonly EventEnvelope[]) {
        const taken = await publish(events);
        got.push(...taken);
        return taken;
      },
    },
    outbox: { markPublished: async (ids: readonly string[]) => void marked.push(...ids) },
  };
  return { got, marked, ports };
}

describe('relaying a batch of the stream', () => {
  it('publishes all of it in order and takes it out of the outbox', async () => {
    const { got, marked, ports } = desk();
    expect(await relayCommitted([good('a'), good('b')], ports)).toEqual({ published: 2, failed: [] });
    expect([got, marked]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('publishes everything beside a record that cannot be read, and reports its place', async () => {
    const { got, marked, ports } = desk();
    const outcome = await relayCommitted([good('a'), bad('x'), good('b')], ports);
    expect(outcome).toEqual({ published: 2, failed: [{ position: 'at-x', reason: 'no event' }] });
    expect([got, marked]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it.each(['leaves out', 'rejects'])(
    'publishes everything beside an event the bus %s, first of all failures first',
    async (how) => {
      const { marked, ports } = desk(async (events) => {
        const ids = events.map(idOf);
        if (how === 'rejects' && ids.includes('x')) throw new Error('too large');
        return ids.filter((id) => id !== 'x');
      });
      const outcome = await relayCommitted([good('a'), good('x'), good('b'), bad('y')], ports);
      expect(outcome.failed).toEqual([
        { position: 'at-x', reason: how === 'rejects' ? 'too large' : 'the bus did not take it' },
        { position: 'at-y', reason: 'no event' },
      ]);
      expect(marked).toEqual(['a', 'b']);
    },
  );

  it('fails as a whole, without trying one by one, when the bus takes nothing at all', async () => {
    let asked = 0;
    const { marked, ports } = desk(async () => {
      asked += 1;
      throw new AresError('EVENT_BUS_UNAVAILABLE', 'no answer');
    });
    await expect(relayCommitted([good('a'), good('b')], ports)).rejects.toMatchObject({
      code: 'EVENT_BUS_UNAVAILABLE',
    });
    expect([asked, marked]).toEqual([1, []]);
  });

  it('does nothing at all for a batch with nothing in it', async () => {
    const { ports } = desk(() => Promise.reject(new Error('not needed')));
    expect(await relayCommitted([], ports)).toEqual({ published: 0, failed: [] });
    expect((await relayCommitted([bad('x')], ports)).failed).toHaveLength(1);
  });
});
