import type { Random } from '../ports/random.ts';

/** Fisher and Yates' shuffle, in place; with `count` only the first so many places are drawn. */
export function shuffle(
  values: { [index: number]: number; readonly length: number },
  random: Random,
  count = values.length,
): void {
  for (let i = 0; i < Math.min(count, values.length - 1); i += 1) {
    const other = i + Math.floor(random.next() * (values.length - i));
    const kept = values[i] as number;
    values[i] = values[other] as number;
    values[other] = kept;
  }
}
