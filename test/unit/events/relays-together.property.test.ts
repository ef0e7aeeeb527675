import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AresError } from '../../../src/core/ares-error.ts';
import type { EventEnvelope } from '../../../src/core/events/envelope.ts';
import { type CommittedEvent, relayCommitted } from '../../../src/core/events/relay-committed.ts';
import { sweepOutbox } from '../../../src/core/events/sweep-outbox.ts';
import type { EventBus } from '../../../src/core/ports/event-bus.ts';
import type { Outbox } from '../../../src/core/ports/ledger.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { candidateRegistered } from '../../support/sample-event.ts';

const idOf = (event: EventEnvelope): string => event.detail.metadata.id;
const POISON = 'poison';

/** One answer of a bus or an outbox that is not always there. */
const fault = fc.constantFrom('none', 'none', 'down', 'crash', 'lost answer', 'partial');

interface Plan {
  readonly events: number;
  /** Where a record stands that is no event. */
  readonly poisonAt: number;
  readonly batches: readonly number[];
  readonly faults: readonly string[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  events: fc.integer({ min: 1, max: 25 }),
  poisonAt: fc.nat(24),
  batches: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 6 }),
  faults: fc.array(fault, { maxLength: 40 }),
});

/** A world in which each call takes the next fault of the plan, until none is left. */
function worldOf({ events, poisonAt, faults }: Plan) {
  const clock = manualClock();
  const ledger = createMemoryLedger(clock);
  const got: string[] = [];
  let at = 0;
  const next = () => faults[at++] ?? 'none';
  const step = async () => {
    // Lets the others go on in between.
    await Promise.resolve();
    return next();
  };
  const eventBus: EventBus = {
    async publish(batch) {
      const happens = await step();
      if (happens === 'down') throw new AresError('EVENT_BUS_UNAVAILABLE', 'no answer');
      if (happens === 'crash') throw new Error('refused for no reason');
      const taken = happens === 'partial' ? batch.filter((_, n) => n % 2 === 0) : batch;
      got.push(...taken.map(idOf));
      if (happens === 'lost answer') throw new AresError('EVENT_BUS_UNAVAILABLE', 'answer lost');
      return taken.map(idOf);
    },
  };
  const outbox: Outbox = {
    pending: (limit, options) => ledger.pending(limit, options),
    async markPublished(ids) {
      const happens = await step();
      if (happens === 'crash' || happens === 'down') throw new Error('the process ended');
      await ledger.markPublished(ids);
      if (happens === 'lost answer') throw new Error('the answer was lost');
    },
  };
  const ids = Array.from({ length: events }, (_, n) => `e${n}`);
  const commitAll = async () => {
    for (const id of ids) await ledger.commit({ token: id, writes: [], audit: [], events: [candidateRegistered(id)] });
  };
  const stream: CommittedEvent[] = ids.map((id) => ({ position: id, event: candidateRegistered(id) }));
  stream.splice(poisonAt % (events + 1), 0, { position: POISON, unreadable: 'no event' });
  return { clock, ledger, outbox, eventBus, got, ids, stream, commitAll };
}

type World = ReturnType<typeof worldOf>;

/** What Lambda does with a batch: tries it again from the first failure, three times, then puts what is left of it aside. */
async function deliver(batch: readonly CommittedEvent[], { outbox, eventBus }: World, aside: string[]): Promise<void> {
  let left = batch;
  for (let attempt = 1; attempt <= 3 && left.length > 0; attempt++) {
    try {
      const [first] = (await relayCommitted(left, { outbox, eventBus })).failed;
      left = first ? left.slice(left.findIndex(({ position }) => position === first.position)) : [];
    } catch {
      // The whole batch comes again.
    }
  }
  aside.push(...left.map(({ position }) => position));
}

async function sweep({ clock, outbox, eventBus }: World, metrics = { record: async () => undefined }): Promise<void> {
  const now = clock.now();
  const invocation = { id: 's', now, correlationId: 's', sessionId: 's', trigger: { kind: 'schedule' } } as const;
  await sweepOutbox(invocation, { outbox, eventBus, metrics }).catch(() => undefined);
}

/** The stream in batches of these sizes, one after another and again. */
function batchesOf(stream: readonly CommittedEvent[], sizes: readonly number[]): (readonly CommittedEvent[])[] {
  const batches: CommittedEvent[][] = [];
  let at = 0;
  for (let n = 0; at < stream.length; n++) {
    const size = sizes[n % sizes.length] ?? 1;
    batches.push(stream.slice(at, at + size));
    at += size;
  }
  return batches;
}

it('with several relays and sweepers at once and any faults, every event goes out at least once and leaves the outbox', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (planned) => {
      const world = worldOf(planned);
      await world.commitAll();
      world.clock.pass(60_001);
      const aside: string[] = [];
      const batches = batchesOf(world.stream, planned.batches);
      await Promise.all([...batches.map((batch) => deliver(batch, world, aside)), sweep(world), sweep(world)]);
      // What is left when all faults are over belongs to the sweeper; each of its runs that failed used some up.
      for (let run = 0; run <= planned.faults.length; run++) await sweep(world);
      expect(new Set(world.got)).toEqual(new Set(world.ids));
      expect(await world.ledger.pending(100)).toEqual([]);
      expect(aside).toContain(POISON);
    }),
    { numRuns: 150 },
  );
});

it('nothing leaves the outbox that the bus does not have, at any time', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (planned) => {
      const world = worldOf(planned);
      await world.commitAll();
      const { outbox } = world;
      const marked: string[] = [];
      const watched: World = {
        ...world,
        outbox: {
          pending: (limit, options) => outbox.pending(limit, options),
          async markPublished(ids) {
            for (const id of ids) if (!world.got.includes(id)) marked.push(id);
            await outbox.markPublished(ids);
          },
        },
      };
      await Promise.all(batchesOf(world.stream, planned.batches).map((batch) => deliver(batch, watched, [])));
      expect(marked).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

it('a bad record alone is put aside while everything else of its batch goes out, without a sweeper', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (planned) => {
      const world = worldOf({ ...planned, faults: [] });
      await world.commitAll();
      const aside: string[] = [];
      for (const batch of batchesOf(world.stream, planned.batches)) await deliver(batch, world, aside);
      expect(new Set(world.got)).toEqual(new Set(world.ids));
      expect(await world.ledger.pending(100)).toEqual([]);
      expect(aside[0]).toBe(POISON);
    }),
    { numRuns: 60 },
  );
});
