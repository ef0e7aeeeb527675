import { describe, expect, it } from 'vitest';
import { AresError } from '../../../src/core/ares-error.ts';
import { parseCandleCsv } from '../../../src/core/market-data/candle-csv.ts';

const HEADER = 'ts_ms,open,high,low,close,volume';
const csv = (...rows: readonly string[]): string => [HEADER, ...rows].join('\n');
const FIRST = '60000,10,12,9,11,1.5';

function refusal(text: string): AresError {
  try {
    parseCandleCsv(text);
  } catch (error) {
    if (error instanceof AresError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('candles from CSV', () => {
  it('are read with their timeframe', () => {
    const { candles, timeframe, gaps } = parseCandleCsv(`${csv(FIRST, '120000,11,11.5,10.25,10.5,0')}\n`);
    expect(candles).toEqual([
      { openTime: 60_000, open: 10, high: 12, low: 9, close: 11, volume: 1.5 },
      { openTime: 120_000, open: 11, high: 11.5, low: 10.25, close: 10.5, volume: 0 },
    ]);
    expect([timeframe, gaps]).toEqual(['1m', []]);
  });

  it('may have other columns, another order, Windows line ends, a byte order mark and numbers in any usual form', () => {
    const text =
      '\uFEFFclose, ts_ms ,volume,open,high,low,trades\r\n11,0,1e2,10,12,.9e1,7\r\n11,900000,0,11,11,11,7\r\n\r\n';
    const { candles, timeframe } = parseCandleCsv(text);
    expect(candles[0]).toEqual({ openTime: 0, open: 10, high: 12, low: 9, close: 11, volume: 100 });
    expect(timeframe).toBe('15m');
  });

  it('report their gaps', () => {
    const { gaps, timeframe } = parseCandleCsv(
      csv(FIRST, '120000,10,12,9,11,1', '360000,10,12,9,11,1', '480000,10,12,9,11,1'),
    );
    expect(timeframe).toBe('1m');
    expect(gaps).toEqual([
      { from: 180_000, to: 360_000, missing: 3 },
      { from: 420_000, to: 480_000, missing: 1 },
    ]);
  });

  it.each([
    ['an empty file', '', 1, 'ts_ms', 'must be in a header with ts_ms,open,high,low,close,volume, was ""'],
    ['a missing column', 'ts_ms,open,high,low,volume\n1,2,3,4,5', 1, 'close', 'was "ts_ms,open,high,low,volume"'],
    ['no bars', HEADER, 2, 'ts_ms', 'at least two bars, which tell the bar\'s length, was "0 bars"'],
    ['a single bar', csv(FIRST), 3, 'ts_ms', 'was "1 bar"'],
    ['a word for a number', csv(FIRST, '120000,10,12,nine,11,1'), 3, 'low', 'must be a number, was "nine"'],
    ['a hexadecimal number', csv(FIRST, '120000,10,0xff,9,11,1'), 3, 'high', 'must be a number, was "0xff"'],
    ['an endless number', csv(FIRST, '120000,10,12,9,11,1e999'), 3, 'volume', 'must be a finite number, was "1e999"'],
    ['a line cut short', csv(FIRST, '120000,10,12,9'), 3, 'close', 'must be a number, was ""'],
    [
      'a time in fractions',
      csv(FIRST, '120000.5,10,12,9,11,1'),
      3,
      'ts_ms',
      'must be whole milliseconds since 1970, was "120000.5"',
    ],
    ['a time before 1970', csv('-60000,10,12,9,11,1', FIRST), 2, 'ts_ms', 'was "-60000"'],
    ['a price of 0', csv(FIRST, '120000,0,12,9,11,1'), 3, 'open', 'must be above 0, was "0"'],
    ['a negative price', csv(FIRST, '120000,10,12,-9,11,1'), 3, 'low', 'must be above 0, was "-9"'],
    ['a negative volume', csv(FIRST, '120000,10,12,9,11,-1'), 3, 'volume', 'must be at least 0, was "-1"'],
    ['a high below the low', csv(FIRST, '120000,10,8,9,10,1'), 3, 'high', 'must be at least the low 9, was "8"'],
    [
      'an open above the high',
      csv(FIRST, '120000,13,12,9,10,1'),
      3,
      'open',
      'must be from the low 9 to the high 12, was "13"',
    ],
    ['an open below the low', csv(FIRST, '120000,8,12,9,10,1'), 3, 'open', 'was "8"'],
    [
      'a close below the low',
      csv(FIRST, '120000,10,12,9,8,1'),
      3,
      'close',
      'must be from the low 9 to the high 12, was "8"',
    ],
    ['a close above the high', csv(FIRST, '120000,10,12,9,12.5,1'), 3, 'close', 'was "12.5"'],
    [
      'a time that stands still',
      csv(FIRST, FIRST),
      3,
      'ts_ms',
      'must be later than 60000 of the line before, was "60000"',
    ],
    [
      'a time that goes back',
      csv(FIRST, '120000,10,12,9,11,1', '90000,10,12,9,11,1'),
      4,
      'ts_ms',
      'must be later than 120000',
    ],
    [
      'bars of seconds',
      csv(FIRST, '75000,10,12,9,11,1'),
      3,
      'ts_ms',
      'must be a whole number of minutes after the line before, was "15000 ms after it"',
    ],
    [
      'irregular bars',
      csv(FIRST, '180000,10,12,9,11,1', '360000,10,12,9,11,1'),
      4,
      'ts_ms',
      'must be a multiple of 120000 ms after the line before, was "180000 ms after it"',
    ],
  ])('refuse %s, naming line, column, what must be and what was', (_, text, line, column, message) => {
    const error = refusal(text);
    expect(error.code).toBe('CANDLES_INVALID');
    expect(error.data).toMatchObject({ line, column });
    expect(error.message).toContain(`line ${line}, column ${column}: `);
    expect(error.message).toContain(message);
  });
});
