import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyLines } from '../../../../../apps/dashboard/page/registry/history-lines.ts';
import { stepGrid } from '../../../../../apps/dashboard/page/registry/step-grid.ts';

const points = fc.array(
  fc.record({ step: fc.integer({ min: -50_000, max: 50_000 }), value: fc.double({ noNaN: true }) }),
  { maxLength: 60 },
);

describe('the steps of several runs on one axis', () => {
  it('are evenly spaced, few enough to draw, and every line lies on them in order', () => {
    fc.assert(
      fc.property(fc.array(points, { minLength: 1, maxLength: 4 }), (lines) => {
        const { axis, unit, lines: drawn } = stepGrid(lines, 1_000);
        expect(axis.length).toBeLessThanOrEqual(1_001);
        expect(axis.slice(1).every((step, i) => step - (axis[i] as number) === unit)).toBe(true);
        expect(drawn).toHaveLength(lines.length);
        drawn.forEach((line, i) => {
          expect(line.every(({ step }) => axis.includes(step))).toBe(true);
          expect(line.slice(1).every(({ step }, j) => step > (line[j]?.step as number))).toBe(true);
          expect(line.length > 0).toBe((lines[i]?.length ?? 0) > 0);
        });
      }),
    );
  });

  it('are exact as long as they are few', () => {
    const line = [0, 10, 25].map((step) => ({ step, value: step / 2 }));
    const grid = stepGrid([line]);
    expect(grid.unit).toBe(1);
    expect(grid.lines).toEqual([line]);
    expect(grid.axis).toHaveLength(26);
  });

  it('keep the last value of each place when they are many', () => {
    const line = Array.from({ length: 10_000 }, (_, step) => ({ step, value: step }));
    const { unit, lines } = stepGrid([line], 100);
    expect(unit).toBe(100);
    expect(lines[0]?.[0]).toEqual({ step: 0, value: 99 });
    expect(lines[0]?.at(-1)).toEqual({ step: 9_900, value: 9_999 });
  });

  it('are none when nothing was logged', () => {
    expect(stepGrid([[], []])).toEqual({ unit: 1, axis: [], lines: [[], []] });
  });
});

describe('a metric history', () => {
  const metric = (run_id: string, step: number, value: number | 'NaN', timestamp = 1) => ({
    key: 'accuracy',
    run_id,
    step,
    value,
    timestamp,
  });

  it('is one line a run, in the order asked for, by step', () => {
    const { lines, left } = historyLines(
      [metric('b', 1, 0.2), metric('a', 2, 0.4), metric('a', 1, 0.3)],
      ['a', 'b', 'c'],
    );
    expect(left).toBe(0);
    expect(lines).toEqual([
      [
        { step: 1, value: 0.3 },
        { step: 2, value: 0.4 },
      ],
      [{ step: 1, value: 0.2 }],
      [],
    ]);
  });

  it('counts what cannot be drawn, and at one step puts the newest value last', () => {
    const { lines, left } = historyLines([metric('a', 1, 5, 20), metric('a', 1, 4, 10), metric('a', 0, 'NaN')], ['a']);
    expect(left).toBe(1);
    expect(lines).toEqual([
      [
        { step: 1, value: 4 },
        { step: 1, value: 5 },
      ],
    ]);
    expect(stepGrid(lines).lines).toEqual([[{ step: 1, value: 5 }]]);
  });
});
