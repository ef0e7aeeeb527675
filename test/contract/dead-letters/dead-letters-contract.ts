import { describe, expect, test } from 'vitest';
import type { DeadLetters } from '../../../src/core/ports/deliveries.ts';

export interface DeadLettersUnderTest {
  readonly deadLetters: DeadLetters;
  /** Lets `check-promotion` fail for good on the event named so, with this error; the next one dies later than the one before. */
  bury(eventId: string, error: string): Promise<void>;
  /** Ids of the events that were given to `check-promotion` again so far, in that order. */
  triedAgain(): Promise<readonly string[]>;
}

/** What every place for dead events promises. `open` gives an empty one each time. */
export function deadLettersContract(name: string, open: () => Promise<DeadLettersUnderTest>): void {
  describe(`${name} keeps the contract of dead letters`, () => {
    test('has none before anything failed, and nothing to replay', async () => {
      const { deadLetters } = await open();
      expect(await deadLetters.dead()).toEqual([]);
      expect(await deadLetters.deadCount()).toBe(0);
      expect(await deadLetters.replay('all')).toEqual({ replayed: 0, dismissed: 0 });
    });

    test('tells which event died where, why, and after how many attempts, oldest first, as often as it is asked', async () => {
      const { deadLetters, bury } = await open();
      await bury('first', 'the store was down');
      await bury('second', 'still down');
      const dead = await deadLetters.dead();
      expect(dead).toMatchObject([
        { target: 'check-promotion', attempts: 3, lastError: expect.stringContaining('the store was down') },
        { target: 'check-promotion', attempts: 3, lastError: expect.stringContaining('still down') },
      ]);
      expect(dead.map(({ event }) => event?.id)).toEqual(['first', 'second']);
      expect(dead[0]?.event).toMatchObject({ source: 'ares.models', 'detail-type': 'CandidateRegistered' });
      expect(dead[0]?.since).toBeGreaterThan(0);
      expect(await deadLetters.dead()).toEqual(dead);
      expect(await deadLetters.deadCount()).toBe(2);
    });

    test('gives one event to its function again, once, and keeps the others', async () => {
      const { deadLetters, bury, triedAgain } = await open();
      for (const id of ['a', 'b', 'c']) await bury(id, 'no');
      const [, one] = await deadLetters.dead();
      expect(await deadLetters.replay({ id: one?.id ?? '' })).toEqual({ replayed: 1, dismissed: 0 });
      expect(await deadLetters.replay({ id: one?.id ?? '' })).toEqual({ replayed: 0, dismissed: 0 });
      expect(await triedAgain()).toEqual(['b']);
      expect((await deadLetters.dead()).map(({ event }) => event?.id)).toEqual(['a', 'c']);
    });

    test('gives all of them to their functions again', async () => {
      const { deadLetters, bury, triedAgain } = await open();
      const ids = Array.from({ length: 12 }, (_, at) => `event-${at}`);
      for (const id of ids) await bury(id, 'no');
      expect(await deadLetters.replay('all')).toEqual({ replayed: 12, dismissed: 0 });
      expect((await triedAgain()).toSorted()).toEqual(ids.toSorted());
      expect(await deadLetters.dead()).toEqual([]);
    });

    test('replays nothing under an id that it does not know', async () => {
      const { deadLetters, bury } = await open();
      await bury('a', 'no');
      expect(await deadLetters.replay({ id: '4711' })).toEqual({ replayed: 0, dismissed: 0 });
      expect(await deadLetters.dead()).toHaveLength(1);
    });
  });
}
