import { openDatabase } from '../../adapters/local/database.ts';
import { createSqliteCommandQueue } from '../../adapters/local/sqlite-command-queue.ts';
import { epochMillis } from '../../core/ports/clock.ts';
import type { CommandQueue } from '../../core/ports/command-queue.ts';
import { readEnv } from '../env.ts';
import type { queues } from '../wiring.ts';

type QueueName = (typeof queues)[number]['name'];

const built = new Map<QueueName, CommandQueue>();

export const commandQueue = (name: QueueName): CommandQueue => {
  const clock = { now: () => epochMillis(Date.now()) };
  const queue = built.get(name) ?? createSqliteCommandQueue(openDatabase(readEnv().ARES_DATA_DIR), name, clock);
  built.set(name, queue);
  return queue;
};
