/**
 * At most so many of all, evenly over them, the first and the last among them; of one, the last.
 *
 * The first of each of `count` nearly equal parts, as SQL's NTILE makes them: the larger parts come first.
 */
export function samplePoints<T>(all: readonly T[], count: number): readonly T[] {
  if (all.length <= count) return all;
  const size = Math.floor(all.length / count);
  const larger = all.length % count;
  const sampled = Array.from({ length: count }, (_, part) => all[part * size + Math.min(part, larger)] as T);
  sampled[count - 1] = all.at(-1) as T;
  return sampled;
}
