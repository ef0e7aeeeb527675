import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventEnvelope } from '../../../src/core/events/envelope.ts';
import { relayOutbox } from '../../../src/core/events/relay-outbox.ts';
import type { EventBus } from '../../../src/core/ports/event-bus.ts';
import type { Outbox } from '../../../src/core/ports/ledger.ts';
import { candidateRegistered } from '../../support/sample-event.ts';

const idOf = (event: EventEnvelope) => event.detail.metadata.id;

function outboxOf(ids: readonly string[]): Outbox & { left(): string[] } {
  let events = ids.map((id) => candidateRegistered(id));
  return {
    pending: async (limit) => events.slice(0, limit),
    async markPublished(published) {
      events = events.filter((event) => !published.includes(idOf(event)));
    },
    left: () => events.map(idOf),
  };
}

/** Refuses the bad ones: by leaving them out, or by rejecting every batch that holds one. */
function busThatRefuses(bad: readonly string[], how: 'leaves out' | 'rejects'): EventBus & { readonly got: string[] } {
  const got: string[] = [];
  return {
    got,
    async publish(events) {
      const ids = events.map(idOf);
      if (how === 'rejects' && ids.some((id) => bad.includes(id))) throw new Error('a bad record');
      const taken = ids.filter((id) => !bad.includes(id));
      got.push(...taken);
      return taken;
    },
  };
}

describe('relaying the outbox', () => {
  it('publishes all there is, oldest first, however many', async () => {
    const ids = Array.from({ length: 130 }, (_, at) => `e${at}`);
    const outbox = outboxOf(ids);
    const eventBus = busThatRefuses([], 'leaves out');
    expect(await relayOutbox({ outbox, eventBus })).toEqual({ published: 130, refused: new Map() });
    expect(eventBus.got).toEqual(ids);
    expect(outbox.left()).toEqual([]);
  });

  it('asks once and does nothing more when the outbox is empty', async () => {
    const asked: number[] = [];
    const outbox: Outbox = {
      async pending(limit) {
        asked.push(limit);
        return [];
      },
      markPublished: () => Promise.reject(new Error('not needed')),
    };
    await relayOutbox({ outbox, eventBus: busThatRefuses([], 'rejects') });
    expect(asked).toHaveLength(1);
  });

  it('brings every good event through whichever are bad and however the bus refuses them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 120 }),
        fc.constantFrom('leaves out' as const, 'rejects' as const),
        async (badness, how) => {
          const ids = badness.map((_, at) => `e${at}`);
          const bad = ids.filter((_, at) => badness[at]);
          const outbox = outboxOf(ids);
          const eventBus = busThatRefuses(bad, how);
          const { published, refused } = await relayOutbox({ outbox, eventBus });
          expect(eventBus.got).toEqual(ids.filter((id) => !bad.includes(id)));
          expect(published).toBe(eventBus.got.length);
          expect([...refused.keys()].toSorted()).toEqual(bad.toSorted());
          expect(outbox.left()).toEqual(bad);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('says why an event was refused', async () => {
    const rejecting = await relayOutbox({ outbox: outboxOf(['bad']), eventBus: busThatRefuses(['bad'], 'rejects') });
    const omitting = await relayOutbox({ outbox: outboxOf(['bad']), eventBus: busThatRefuses(['bad'], 'leaves out') });
    expect([rejecting.refused.get('bad'), omitting.refused.get('bad')]).toEqual([
      'a bad record',
      'the bus did not take it',
    ]);
  });

  it('publishes twice rather than never when it ends between publishing and marking', async () => {
    const outbox = outboxOf(['a', 'b']);
    const eventBus = busThatRefuses([], 'leaves out');
    const dying: Outbox = { ...outbox, markPublished: () => Promise.reject(new Error('the process ended')) };
    await expect(relayOutbox({ outbox: dying, eventBus })).rejects.toThrow('the process ended');
    await relayOutbox({ outbox, eventBus });
    expect(eventBus.got).toEqual(['a', 'b', 'a', 'b']);
    expect(outbox.left()).toEqual([]);
  });
});
