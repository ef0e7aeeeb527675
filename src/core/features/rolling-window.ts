/** The newest values of a series, at most `size`, the newest of which can be replaced. */
export interface RollingWindow {
  push(value: number, replace: boolean): void;
  /** The value `back` bars before the newest; NaN when it has not been seen. */
  ago(back: number): number;
  /** Whether `size` values have been pushed. */
  full(): boolean;
}

/** Nothing is summed up over time, so no rounding builds up and replacing leaves no trace. */
export function createRollingWindow(size: number): RollingWindow {
  const values = new Float64Array(size).fill(Number.NaN);
  let newest = size - 1;
  let count = 0;
  return {
    push(value, replace) {
      if (!replace) {
        newest = newest + 1 === size ? 0 : newest + 1;
        count += 1;
      }
      values[newest] = value;
    },
    ago(back) {
      const index = newest - back;
      return values[index < 0 ? index + size : index] as number;
    },
    full: () => count >= size,
  };
}
