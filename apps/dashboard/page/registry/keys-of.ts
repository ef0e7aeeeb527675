/** Every key there is, the most frequent first, then by the alphabet. */
export function keysOf(lists: readonly (readonly { readonly key: string }[] | undefined)[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const list of lists) for (const { key } of list ?? []) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort(([a, many], [b, few]) => few - many || (a < b ? -1 : 1)).map(([key]) => key);
}
