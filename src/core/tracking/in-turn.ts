const queues = new WeakMap<object, Map<string, Promise<unknown>>>();

/**
 * Runs work on one thing after what was begun on it before, whether that went well or not.
 *
 * Saves writers of one process from conflicts with each other; those of several processes still meet in the ledger.
 *
 * @param owner whose things these are, such as the ledger
 */
export async function inTurn<T>(owner: object, name: string, work: () => Promise<T>): Promise<T> {
  const queue = queues.get(owner) ?? new Map<string, Promise<unknown>>();
  queues.set(owner, queue);
  const before = queue.get(name);
  const mine = before === undefined ? work() : before.then(work, work);
  queue.set(name, mine);
  try {
    return await mine;
  } finally {
    if (queue.get(name) === mine) queue.delete(name);
  }
}
