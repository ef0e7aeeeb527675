import { AresError } from '../ares-error.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { Candle, Timeframe } from './candle.ts';
import { timeframeOf } from './timeframe.ts';

const COLUMNS = ['ts_ms', 'open', 'high', 'low', 'close', 'volume'] as const;
type Column = (typeof COLUMNS)[number];

/** Bars that are missing between two that are there. */
interface CandleGap {
  /** Open time of the first missing bar. */
  readonly from: EpochMillis;
  /** Open time of the bar that ends the gap. */
  readonly to: EpochMillis;
  readonly missing: number;
}

export interface CandleSeries {
  readonly candles: readonly Candle[];
  readonly timeframe: Timeframe;
  readonly gaps: readonly CandleGap[];
}

function invalid(line: number, column: string, must: string, was: string): AresError {
  return new AresError('CANDLES_INVALID', `line ${line}, column ${column}: must be ${must}, was "${was}"`, {
    line,
    column,
  });
}

function columnPositions(header: string): Readonly<Record<Column, number>> {
  const names = header.split(',').map((name) => name.trim());
  const missing = COLUMNS.find((column) => !names.includes(column));
  if (missing !== undefined) throw invalid(1, missing, `in a header with ${COLUMNS.join(',')}`, header);
  return Object.fromEntries(COLUMNS.map((column) => [column, names.indexOf(column)])) as Record<Column, number>;
}

function parseNumber(text: string | undefined, line: number, column: Column): number {
  const value = text?.trim() ?? '';
  // Number('') is 0, and Number takes '0x1f' and 'Infinity', none of which is a price.
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) throw invalid(line, column, 'a number', value);
  const parsed = Number(value);
  if (!Number.isFinite(parsed)) throw invalid(line, column, 'a finite number', value);
  return parsed;
}

function parseRow(text: string, line: number, positions: Readonly<Record<Column, number>>): Candle {
  const fields = text.split(',');
  const read = (column: Column): number => parseNumber(fields[positions[column]], line, column);
  const price = (column: Column): number => {
    const value = read(column);
    if (value <= 0) throw invalid(line, column, 'above 0', String(value));
    return value;
  };
  const openTime = read('ts_ms');
  if (!Number.isSafeInteger(openTime) || openTime < 0) {
    throw invalid(line, 'ts_ms', 'whole milliseconds since 1970', String(openTime));
  }
  const [open, high, low, close] = [price('open'), price('high'), price('low'), price('close')];
  const volume = read('volume');
  if (volume < 0) throw invalid(line, 'volume', 'at least 0', String(volume));
  if (high < low) throw invalid(line, 'high', `at least the low ${low}`, String(high));
  if (open > high || open < low) throw invalid(line, 'open', `from the low ${low} to the high ${high}`, String(open));
  if (close > high || close < low)
    throw invalid(line, 'close', `from the low ${low} to the high ${high}`, String(close));
  return { openTime: epochMillis(openTime), open, high, low, close, volume };
}

interface Row {
  readonly candle: Candle;
  readonly line: number;
}

/** The bar's length is the shortest distance; every other must be a multiple of it. */
function checkSpacing(rows: readonly Row[]): { readonly timeframe: Timeframe; readonly gaps: readonly CandleGap[] } {
  let bar = Number.POSITIVE_INFINITY;
  for (const [i, { candle, line }] of rows.entries()) {
    const before = rows[i - 1]?.candle.openTime;
    if (before === undefined) continue;
    if (candle.openTime <= before)
      throw invalid(line, 'ts_ms', `later than ${before} of the line before`, String(candle.openTime));
    bar = Math.min(bar, candle.openTime - before);
  }
  if (bar % 60_000 !== 0) {
    const first = rows.find(
      ({ candle }, i) => i > 0 && candle.openTime - (rows[i - 1] as Row).candle.openTime === bar,
    ) as Row;
    throw invalid(first.line, 'ts_ms', 'a whole number of minutes after the line before', `${bar} ms after it`);
  }
  const gaps: CandleGap[] = [];
  for (const [i, { candle, line }] of rows.entries()) {
    const before = rows[i - 1]?.candle.openTime;
    if (before === undefined) continue;
    const distance = candle.openTime - before;
    if (distance % bar !== 0)
      throw invalid(line, 'ts_ms', `a multiple of ${bar} ms after the line before`, `${distance} ms after it`);
    if (distance > bar)
      gaps.push({ from: epochMillis(before + bar), to: candle.openTime, missing: distance / bar - 1 });
  }
  return { timeframe: timeframeOf(bar), gaps };
}

/**
 * Reads candles from CSV text with a header naming at least ts_ms (open time), open, high, low, close and volume (base currency), one bar a line.
 *
 * @throws AresError `CANDLES_INVALID` naming line, column, what must be and what was
 */
export function parseCandleCsv(text: string): CandleSeries {
  const lines = text.split(/\r?\n/);
  const header = lines[0] ?? '';
  if (header.trim() === '') throw invalid(1, COLUMNS[0], `in a header with ${COLUMNS.join(',')}`, header);
  const positions = columnPositions(header.replace(/^\uFEFF/, ''));
  const rows: Row[] = [];
  for (const [i, row] of lines.entries()) {
    if (i > 0 && row.trim() !== '') rows.push({ candle: parseRow(row, i + 1, positions), line: i + 1 });
  }
  if (rows.length < 2) {
    const counted = `${rows.length} ${rows.length === 1 ? 'bar' : 'bars'}`;
    throw invalid(rows.length + 2, COLUMNS[0], "followed by at least two bars, which tell the bar's length", counted);
  }
  return { candles: rows.map(({ candle }) => candle), ...checkSpacing(rows) };
}
