import { tickUnit } from './tick-unit.ts';

export interface StepPoint {
  readonly step: number;
  readonly value: number;
}

export interface StepGrid {
  /** Steps are rounded down to multiples of it. */
  readonly unit: number;
  /** Every place on the axis from the first step to the last, so that equal distances are equal numbers of steps. */
  readonly axis: readonly number[];
  /** Each line's points, ascending, one a place: the last one there. */
  readonly lines: readonly (readonly StepPoint[])[];
}

const PLACES = 4_000;

/** Lines over one linear axis of steps; a chart by itself would give every step that occurs the same room. */
export function stepGrid(lines: readonly (readonly StepPoint[])[], places = PLACES): StepGrid {
  const steps = lines.flatMap((line) => line.map(({ step }) => step));
  if (steps.length === 0) return { unit: 1, axis: [], lines: lines.map(() => []) };
  const first = steps.reduce((a, b) => Math.min(a, b));
  const last = steps.reduce((a, b) => Math.max(a, b));
  const unit = tickUnit((last - first + 1) / places);
  const place = (step: number): number => Math.floor(step / unit) * unit;
  const axis = Array.from({ length: (place(last) - place(first)) / unit + 1 }, (_, i) => place(first) + i * unit);
  return {
    unit,
    axis,
    lines: lines.map((line) => {
      const kept = new Map<number, number>();
      for (const { step, value } of line.toSorted((a, b) => a.step - b.step)) kept.set(place(step), value);
      return [...kept].map(([step, value]) => ({ step, value }));
    }),
  };
}
