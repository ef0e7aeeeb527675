/** The smallest of 1, 2 or 5 times a power of ten that is not below the value; at least 1. */
export function tickUnit(value: number): number {
  if (!(value > 1)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5].find((factor) => factor * power >= value) ?? 10) * power;
}
