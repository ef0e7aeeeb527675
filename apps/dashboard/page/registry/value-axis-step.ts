import type { StepPoint } from './step-grid.ts';

/** The finest step the value axis may be divided into: a thousandth of what is to be seen. */
export function valueAxisStep(lines: readonly (readonly StepPoint[])[]): number {
  const values = lines.flatMap((line) => line.map(({ value }) => value));
  const highest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const lowest = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const range = highest - lowest || Math.abs(highest);
  if (!(range > 0) || !Number.isFinite(range)) return 0.01;
  const digits = Math.min(12, Math.max(0, 3 - Math.floor(Math.log10(range))));
  return Number(`1e-${digits}`);
}
