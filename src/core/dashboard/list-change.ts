/** How one list becomes another whose items have keys. */
export interface ListChange<T> {
  /** New items, and those that differ. */
  readonly put: readonly T[];
  /** Keys of items that are gone. */
  readonly removed: readonly string[];
}

/** What turns `before` into `after`, `undefined` when they are equal. Items are equal when their JSON is. */
export function listChange<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (item: T) => string,
): ListChange<T> | undefined {
  if (before === after) return undefined;
  const known = new Map(before.map((item) => [keyOf(item), item]));
  const put: T[] = [];
  for (const item of after) {
    const key = keyOf(item);
    const old = known.get(key);
    const same = old === item || (old !== undefined && JSON.stringify(old) === JSON.stringify(item));
    if (!same) put.push(item);
    known.delete(key);
  }
  const removed = [...known.keys()];
  return put.length > 0 || removed.length > 0 ? { put, removed } : undefined;
}

/** The list after a change, put into order. */
export function applyListChange<T>(
  before: readonly T[],
  { put, removed }: ListChange<T>,
  keyOf: (item: T) => string,
  order: (items: readonly T[]) => readonly T[],
): readonly T[] {
  const items = new Map(before.map((item) => [keyOf(item), item]));
  for (const key of removed) items.delete(key);
  for (const item of put) items.set(keyOf(item), item);
  return order([...items.values()]);
}
