import type { RollingWindow } from './rolling-window.ts';

// Values are added oldest first: the order decides the last bits of a sum, which are part of a feature set's version.

/** Sum of the newest `length` values. */
export function windowSum(window: RollingWindow, length: number): number {
  const { values } = window;
  const end = window.end();
  let sum = 0;
  for (let i = end - length; i < end; i += 1) sum += values[i] as number;
  return sum;
}

/** Mean of the newest `length` values. */
export function windowMean(window: RollingWindow, length: number): number {
  return windowSum(window, length) / length;
}

/** Population standard deviation of the newest `length` values, in two passes. */
export function windowDeviation(window: RollingWindow, length: number, mean = windowMean(window, length)): number {
  const { values } = window;
  const end = window.end();
  let squares = 0;
  for (let i = end - length; i < end; i += 1) {
    const difference = (values[i] as number) - mean;
    squares += difference * difference;
  }
  return Math.sqrt(squares / length);
}

/** Population skewness (third standardised moment) of the newest `length` values; 0 when they do not vary. */
export function windowSkewness(window: RollingWindow, length: number): number {
  const mean = windowMean(window, length);
  const { values } = window;
  const end = window.end();
  let squares = 0;
  let cubes = 0;
  for (let i = end - length; i < end; i += 1) {
    const difference = (values[i] as number) - mean;
    squares += difference * difference;
    cubes += difference * difference * difference;
  }
  const variance = squares / length;
  return variance === 0 ? 0 : cubes / length / (variance * Math.sqrt(variance));
}
