/**
 * The first so many of all, in order; sorting no more than it must.
 *
 * @param compare total, as `Array.sort` wants it
 */
export function firstMatches<T>(all: readonly T[], count: number, compare: (a: T, b: T) => number): readonly T[] {
  if (count * 4 >= all.length) return all.toSorted(compare).slice(0, count);
  const kept: T[] = [];
  // Twice as many as are asked for are kept, so that sorting is rare and what comes after the worst is dropped at once.
  let worst: T | undefined;
  for (const one of all) {
    if (worst !== undefined && compare(one, worst) >= 0) continue;
    kept.push(one);
    if (kept.length < count * 2) continue;
    kept.sort(compare);
    kept.length = count;
    worst = kept[count - 1];
  }
  return kept.sort(compare).slice(0, count);
}
