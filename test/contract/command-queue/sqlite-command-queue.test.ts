import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/local/database.ts';
import { commandEnqueuer, createSqliteCommandQueue } from '../../../src/adapters/local/sqlite-command-queue.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { envelope } from '../support/sample-commit.ts';
import { commandQueueContract } from './command-queue-contract.ts';

function open() {
  const directory = temporaryDirectory();
  const db = openDatabase(directory);
  const otherProcess = new DatabaseSync(join(directory, 'ares.db'), { timeout: 5_000 });
  onTestFinished(() => {
    db.close();
    otherProcess.close();
  });
  let now = 1_700_000_000_000;
  const clock = { now: () => epochMillis(now) };
  const enqueue = commandEnqueuer(db);
  return {
    db,
    clock,
    enqueue,
    queue: createSqliteCommandQueue(db, 'trader', clock),
    other: createSqliteCommandQueue(otherProcess, 'trader', clock),
    neighbour: createSqliteCommandQueue(db, 'analyst', clock),
    send: async (event: Parameters<typeof enqueue>[1]) => enqueue('trader', event),
    pass: async (ms: number) => {
      now += ms;
    },
  };
}

commandQueueContract('SQLite', async () => open());

test('an event that waits in a queue already is not put there twice', async () => {
  const { enqueue, queue, neighbour } = open();
  enqueue('trader', envelope('e1'));
  enqueue('trader', envelope('e1'));
  enqueue('analyst', envelope('e1'));
  expect([await queue.depth(), await neighbour.depth()]).toEqual([1, 1]);
});

test('the visibility timeout is the one that was asked for', async () => {
  const { db, clock, enqueue, pass } = open();
  const impatient = createSqliteCommandQueue(db, 'trader', clock, { visibilityTimeoutMs: 50 });
  enqueue('trader', envelope('e1'));
  expect(await impatient.receive(1)).toHaveLength(1);
  await pass(49);
  expect(await impatient.receive(1)).toHaveLength(0);
  await pass(1);
  expect(await impatient.receive(1)).toHaveLength(1);
});

test('commands are received in the order in which they were sent', async () => {
  const { enqueue, queue } = open();
  for (const id of ['c', 'a', 'b']) enqueue('trader', envelope(id));
  expect((await queue.receive(3)).map(({ event }) => event.detail.metadata.id)).toEqual(['c', 'a', 'b']);
});
