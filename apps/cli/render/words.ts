/** A moment in UTC, to the second: `2022-01-31T12:00:00Z`. */
export function momentText(millis: number): string {
  const date = new Date(millis);
  return Number.isNaN(date.getTime()) ? String(millis) : date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A span of time in its largest fitting unit. */
export function spanText(millis: number): string {
  const [name, size] = UNITS.find(([, unit]) => Math.abs(millis) >= unit) ?? ['ms', 1];
  return `${Math.round(millis / size)} ${name}`;
}

/** A fraction in percent; `-` where there is none. */
export const percentText = (fraction: number | null | undefined): string =>
  fraction === null || fraction === undefined ? '-' : `${(fraction * 100).toFixed(2)} %`;

/** A figure with so many digits that two of them can be compared, a whole number with all; `-` where there is none. */
export function figureText(value: number | null | undefined): string {
  if (value === null || value === undefined) return '-';
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
}

/** `1 candle`, `2 candles`. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
