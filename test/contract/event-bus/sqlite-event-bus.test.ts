import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { createSqliteCommandQueue } from '../../../src/adapters/local/sqlite-command-queue.ts';
import { createSqliteEventBus } from '../../../src/adapters/local/sqlite-event-bus.ts';
import { openEventBusConnection } from '../../../src/adapters/local/sqlite-event-bus-connection.ts';
import { createSqliteOutbox } from '../../../src/adapters/local/sqlite-outbox.ts';
import { scheduleEvent } from '../../../src/core/events/event-bridge-event.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Random } from '../../../src/core/ports/random.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { candidateRegistered, configChanged } from '../../support/sample-event.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { contractSubscriptions, eventBusContract } from './event-bus-contract.ts';

const middle: Random = { next: () => 0.5, id: () => 'id' };

function open() {
  const ledgerDatabase = openDatabase(temporaryDirectory());
  const db = openEventBusConnection(ledgerDatabase);
  onTestFinished(() => {
    db.close();
    ledgerDatabase.close();
  });
  const clock = manualClock();
  const start = () => createSqliteEventBus(db, contractSubscriptions, { clock, random: middle });
  const queue = createSqliteCommandQueue(db, 'trader', clock);
  return { db, clock, bus: start(), restart: start, queue, outbox: createSqliteOutbox(db) };
}

eventBusContract('the SQLite event bus', async () => {
  const { bus, clock, queue } = open();
  return {
    bus,
    async received() {
      const found = new Set(bus.takeDue(clock.now(), 100).map(({ target, event }) => `${target} ${event.id}`));
      for (const { event } of await queue.receive(100)) found.add(`trader ${event.detail.metadata.id}`);
      return found;
    },
  };
});

describe('the SQLite event bus delivers', () => {
  test('an event published again neither beside its delivery, nor during it, nor after it', async () => {
    const { bus, clock } = open();
    await bus.publish([candidateRegistered('a')]);
    await bus.publish([candidateRegistered('a')]);
    const taken = bus.takeDue(clock.now(), 10);
    expect(taken.map(({ target }) => target)).toEqual(['promote']);
    await bus.publish([candidateRegistered('a')]);
    expect(bus.takeDue(clock.now(), 10)).toEqual([]);
    for (const delivery of taken) bus.finished(delivery);
    await bus.publish([candidateRegistered('a')]);
    clock.pass(60_000);
    expect(bus.takeDue(clock.now(), 10)).toEqual([]);
  });

  test('a command published again not a second time, even after it was done', async () => {
    const { bus, queue } = open();
    await bus.publish([configChanged('c')]);
    for (const command of await queue.receive(10)) await command.done();
    await bus.publish([configChanged('c')]);
    expect(await queue.depth()).toBe(0);
  });

  test('oldest first, to the asked targets only, no more than asked for', async () => {
    const { bus, clock } = open();
    await bus.publish([candidateRegistered('a', 0.7), candidateRegistered('b')]);
    expect(bus.takeDue(clock.now(), 1, ['celebrate']).map(({ event }) => event.id)).toEqual(['a']);
    expect(bus.takeDue(clock.now(), 1).map(({ target, event }) => [target, event.id])).toEqual([['promote', 'a']]);
    expect(bus.takeDue(clock.now(), 9, ['celebrate'])).toEqual([]);
    expect(bus.takeDue(clock.now(), 9).map(({ event }) => event.id)).toEqual(['b']);
  });

  test('a schedule once, in the form EventBridge gives it', () => {
    const { bus, clock } = open();
    const event = scheduleEvent('on-schedule', epochMillis(1_700_000_100_000));
    expect([bus.enqueue('on-schedule', event), bus.enqueue('on-schedule', event)]).toEqual([true, false]);
    const [delivery] = bus.takeDue(clock.now(), 10);
    expect(delivery?.event).toEqual({
      version: '0',
      id: 'on-schedule@2023-11-14T22:15:00.000Z',
      source: 'aws.scheduler',
      'detail-type': 'Scheduled Event',
      account: 'local',
      region: 'local',
      time: '2023-11-14T22:15:00.000Z',
      resources: [],
      detail: {},
    });
  });

  test('and knows the newest scheduled run of a function, waiting or finished', async () => {
    const { bus, clock } = open();
    await bus.publish([candidateRegistered('on-schedule@')]);
    expect(bus.lastScheduled('on-schedule')).toBeUndefined();
    for (const at of [60_000, 180_000, 120_000])
      bus.enqueue('on-schedule', scheduleEvent('on-schedule', epochMillis(at)));
    expect(bus.lastScheduled('on-schedule')).toBe(180_000);
    for (const delivery of bus.takeDue(clock.now(), 10)) bus.finished(delivery);
    expect(bus.lastScheduled('on-schedule')).toBe(180_000);
    expect(bus.lastScheduled('promote')).toBeUndefined();
  });

  test('to known functions only', () => {
    const { bus } = open();
    expect(() => bus.enqueue('nobody', scheduleEvent('nobody', epochMillis(0)))).toThrow(
      'target must be one of promote, celebrate, on-schedule, was "nobody"',
    );
  });
});

describe('a failing delivery', () => {
  test('waits longer after each failure, somewhere within a bound that doubles', async () => {
    const { bus, clock } = open();
    await bus.publish([candidateRegistered('a')]);
    const [first] = bus.takeDue(clock.now(), 1);
    expect(bus.failed(first!, 'no')).toBe('waiting');
    clock.pass(99);
    expect(bus.takeDue(clock.now(), 1)).toEqual([]);
    clock.pass(1);
    const [second] = bus.takeDue(clock.now(), 1);
    expect(second?.attempt).toBe(2);
    bus.failed(second!, 'no');
    clock.pass(199);
    expect(bus.takeDue(clock.now(), 1)).toEqual([]);
    clock.pass(1);
    expect(bus.takeDue(clock.now(), 1)).toHaveLength(1);
  });

  test('is dead after the last attempt its function allows, and reports it once in the outbox', async () => {
    const { bus, clock, outbox } = open();
    await bus.publish([candidateRegistered('poison')]);
    const fates = [];
    for (let attempt = 1; attempt <= 3; attempt++) {
      const [delivery] = bus.takeDue(clock.now(), 1);
      fates.push(bus.failed(delivery!, `broken ${attempt}`));
      clock.pass(60_000);
    }
    expect(fates).toEqual(['waiting', 'waiting', 'dead']);
    expect(bus.takeDue(clock.now(), 1)).toEqual([]);
    expect(await bus.dead()).toMatchObject([
      { target: 'promote', attempts: 3, lastError: 'broken 3', event: { id: 'poison' } },
    ]);
    const [report, ...others] = await outbox.pending(10);
    expect(others).toEqual([]);
    expect(report).toMatchObject({
      source: 'ares.system',
      detailType: 'SystemError',
      detail: {
        metadata: { correlationId: 'c', causationId: 'poison' },
        data: {
          component: 'promote',
          code: 'DEAD_LETTER',
          message:
            'CandidateRegistered poison must be handled within 3 attempts, the last failed: broken 3. Remove the cause, then run "ares events replay 1".',
        },
      },
    });
  });

  test('that is dead starts again from the first attempt when replayed, one or all', async () => {
    const { bus, clock } = open();
    await bus.publish([candidateRegistered('a'), candidateRegistered('b')]);
    for (let attempt = 1; attempt <= 3; attempt++) {
      for (const delivery of bus.takeDue(clock.now(), 10)) bus.failed(delivery, 'no');
      clock.pass(60_000);
    }
    const [one] = await bus.dead();
    const outcomes = [await bus.replay(one!), await bus.replay(one!), await bus.replay({ id: '999' })];
    expect(outcomes.map(({ replayed }) => replayed)).toEqual([1, 0, 0]);
    expect(bus.takeDue(clock.now(), 10)).toMatchObject([{ attempt: 1, event: { id: 'a' } }]);
    expect(await bus.replay('all')).toEqual({ replayed: 1, dismissed: 0 });
    expect(await bus.dead()).toEqual([]);
  });

  test('of a schedule that died is reported without metadata to borrow from', async () => {
    const { bus, clock, outbox } = open();
    bus.enqueue('on-schedule', scheduleEvent('on-schedule', epochMillis(0)));
    for (let attempt = 1; attempt <= 3; attempt++) {
      for (const delivery of bus.takeDue(clock.now(), 1)) bus.failed(delivery, 'no');
      clock.pass(60_000);
    }
    const id = 'on-schedule@1970-01-01T00:00:00.000Z';
    expect((await outbox.pending(10))[0]?.detail.metadata).toMatchObject({
      correlationId: id,
      causationId: id,
      slot: null,
    });
  });

  test('does not hold up others', async () => {
    const { bus, clock } = open();
    await bus.publish([candidateRegistered('bad', 0.9), candidateRegistered('good', 0.9)]);
    const done: string[] = [];
    for (let round = 0; round < 6; round++) {
      for (const delivery of bus.takeDue(clock.now(), 10)) {
        if (delivery.target === 'promote' && delivery.event.id === 'bad') bus.failed(delivery, 'no');
        else {
          bus.finished(delivery);
          done.push(`${delivery.target} ${delivery.event.id}`);
        }
      }
      clock.pass(60_000);
    }
    expect(done.toSorted()).toEqual(['celebrate bad', 'celebrate good', 'promote good']);
    expect(await bus.dead()).toHaveLength(1);
  });
});

describe('an attempt whose process ended', () => {
  test('is due again after its timeout, and at once when the next process recovers', async () => {
    const { bus, clock, restart } = open();
    await bus.publish([candidateRegistered('a')]);
    bus.takeDue(clock.now(), 1);
    clock.pass(5_000);
    expect(bus.takeDue(clock.now(), 1)).toEqual([]);
    const next = restart();
    next.recover(clock.now());
    expect(next.takeDue(clock.now(), 1)).toMatchObject([{ attempt: 2 }]);
    clock.pass(6_001);
    expect(next.takeDue(clock.now(), 1)).toMatchObject([{ attempt: 3 }]);
  });

  test('counts: an event that ends every process that handles it is dead in the end', async () => {
    const { bus, clock, restart } = open();
    await bus.publish([candidateRegistered('killer')]);
    bus.takeDue(clock.now(), 1);
    for (let start = 2; start <= 3; start++) {
      const next = restart();
      next.recover(clock.now());
      expect(next.takeDue(clock.now(), 1)).toHaveLength(1);
    }
    bus.recover(clock.now());
    expect(bus.takeDue(clock.now(), 1)).toEqual([]);
    expect(await bus.dead()).toMatchObject([{ lastError: expect.stringContaining('the process ended'), attempts: 3 }]);
  });
});

test('whatever succeeds and fails in whatever order, each event ends either delivered once or dead, and none is lost', async () => {
  const verdicts = fc.array(fc.boolean(), { minLength: 3, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(fc.array(verdicts, { minLength: 1, maxLength: 5 }), async (plans) => {
      const db = openDatabase(temporaryDirectory());
      const clock = manualClock();
      const bus = createSqliteEventBus(db, contractSubscriptions, { clock, random: middle });
      await bus.publish(plans.map((_, at) => candidateRegistered(String(at))));
      const done: string[] = [];
      for (let round = 0; round < 4; round++) {
        await bus.publish(plans.map((_, at) => candidateRegistered(String(at))));
        for (const delivery of bus.takeDue(clock.now(), 100)) {
          if (plans[Number(delivery.event.id)]?.[delivery.attempt - 1]) {
            bus.finished(delivery);
            done.push(delivery.event.id);
          } else bus.failed(delivery, 'no');
        }
        clock.pass(60_000);
      }
      const dead = (await bus.dead()).map(({ event }) => event?.id);
      db.close();
      expect([...done, ...dead].toSorted()).toEqual(plans.map((_, at) => String(at)));
      expect(dead).toEqual(plans.flatMap((plan, at) => (plan.includes(true) ? [] : [String(at)])));
    }),
    { numRuns: 15 },
  );
});
