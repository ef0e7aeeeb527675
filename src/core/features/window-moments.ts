import type { RollingWindow } from './rolling-window.ts';

/** Mean of the newest `length` values. */
export function windowMean(window: RollingWindow, length: number): number {
  let sum = 0;
  for (let back = length - 1; back >= 0; back -= 1) sum += window.ago(back);
  return sum / length;
}

/** Population standard deviation of the newest `length` values, in two passes. */
export function windowDeviation(window: RollingWindow, length: number, mean = windowMean(window, length)): number {
  let squares = 0;
  for (let back = length - 1; back >= 0; back -= 1) {
    const difference = window.ago(back) - mean;
    squares += difference * difference;
  }
  return Math.sqrt(squares / length);
}

/** Population skewness (third standardised moment) of the newest `length` values; 0 when they do not vary. */
export function windowSkewness(window: RollingWindow, length: number): number {
  const mean = windowMean(window, length);
  let squares = 0;
  let cubes = 0;
  for (let back = length - 1; back >= 0; back -= 1) {
    const difference = window.ago(back) - mean;
    squares += difference * difference;
    cubes += difference * difference * difference;
  }
  const variance = squares / length;
  return variance === 0 ? 0 : cubes / length / (variance * Math.sqrt(variance));
}
