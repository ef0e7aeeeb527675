import { describe, expect, it } from 'vitest';
import { closeTime, timeframe, timeframeMillis, timeframeOf } from '../../../src/core/market-data/timeframe.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';

describe('a timeframe', () => {
  it('is written in the largest unit that divides it', () => {
    expect([60_000, 900_000, 3_600_000, 14_400_000, 86_400_000].map(timeframeOf)).toEqual([
      '1m',
      '15m',
      '1h',
      '4h',
      '1d',
    ]);
    expect(['1m', '90m', '4h', '1d'].map((text) => timeframeMillis(timeframe(text)))).toEqual([
      60_000, 5_400_000, 14_400_000, 86_400_000,
    ]);
  });

  it('closes when the next bar opens', () => {
    expect(closeTime(epochMillis(60_000), timeframe('5m'))).toBe(360_000);
  });

  it.each(['', '0m', '1s', 'm', '01m', '1M'])('is refused as "%s"', (text) => {
    expect(() => timeframe(text)).toThrow(`timeframe must be a number and m, h or d, like "1m" or "4h", was "${text}"`);
  });

  it.each([0, 30_000, 90_000, -60_000])('is refused for bars %d ms apart', (ms) => {
    expect(() => timeframeOf(ms)).toThrow(`bars must be a whole number of minutes apart, were ${ms} ms apart`);
  });
});
