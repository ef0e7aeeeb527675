/** The newest values of a series, at most `size`, the newest of which can be replaced. */
export interface RollingWindow {
  /** Holds the window in one piece, oldest first: `size` values that end before {@link end}, NaN where none has been seen. */
  readonly values: Float64Array;
  /** Index after the newest value. */
  end(): number;
  push(value: number, replace: boolean): void;
  /** The value `back` bars before the newest; NaN when it has not been seen. */
  ago(back: number): number;
  /** Whether `size` values have been pushed. */
  full(): boolean;
}

/**
 * Nothing is summed up over time, so no rounding builds up and replacing leaves no trace.
 *
 * Every value is kept twice, `size` apart: wherever the newest is, the window before it lies in one piece, and sums over it are plain loops.
 */
export function createRollingWindow(size: number): RollingWindow {
  const values = new Float64Array(2 * size).fill(Number.NaN);
  let newest = size - 1;
  let count = 0;
  return {
    values,
    end: () => newest + size + 1,
    push(value, replace) {
      if (!replace) {
        newest = newest + 1 === size ? 0 : newest + 1;
        count += 1;
      }
      values[newest] = value;
      values[newest + size] = value;
    },
    ago: (back) => values[newest + size - back] as number,
    full: () => count >= size,
  };
}
