import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closedCandles } from '../../../src/adapters/exchange/closed-candles.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';

const MINUTE = 60_000;
const row = (openTime: number) => ({
  candle: { openTime: epochMillis(openTime), open: 1, high: 1, low: 1, close: 1, volume: 1 },
  closeTime: openTime + MINUTE - 1,
});

/** Bars as Binance serves them: at most 1,000 a page, the open one included, gaps simply missing. */
function market(openTimes: readonly number[]) {
  const requests: object[] = [];
  const page = async (request: { startTime?: number; endTime?: number; limit: number }) => {
    requests.push(request);
    const size = Math.min(1_000, request.limit);
    const { startTime = Number.NEGATIVE_INFINITY, endTime = Number.POSITIVE_INFINITY } = request;
    const found = openTimes.filter((time) => time >= startTime && time <= endTime);
    return (request.startTime === undefined ? found.slice(-size) : found.slice(0, size)).map(row);
  };
  return { page, requests };
}

const minutes = (count: number) => Array.from({ length: count }, (_, i) => i * MINUTE);
const openTimesOf = (candles: readonly { openTime: number }[]) => candles.map((candle) => candle.openTime);

describe('closedCandles', () => {
  it('gives, whatever the gaps and wherever the market stands, exactly the closed bars asked for', async () => {
    const bars = fc.uniqueArray(fc.integer({ min: 0, max: 3_500 }), { maxLength: 2_600, size: 'max' });
    await fc.assert(
      fc.asyncProperty(
        bars,
        fc.integer({ min: 0, max: MINUTE - 1 }),
        fc.option(fc.integer({ min: 0, max: 3_600 }), { nil: undefined }),
        fc.integer({ min: 1, max: 2_500 }),
        async (picked, intoBar, sinceBar, limit) => {
          const openTimes = [...picked].sort((a, b) => a - b).map((bar) => bar * MINUTE);
          const marketTime = (openTimes.at(-1) ?? 0) + intoBar;
          const closed = openTimes.filter((time) => time + MINUTE - 1 < marketTime);
          const since = sinceBar === undefined ? undefined : epochMillis(sinceBar * MINUTE);
          const expected =
            since === undefined ? closed.slice(-limit) : closed.filter((time) => time >= since).slice(0, limit);
          const got = await closedCandles(market(openTimes).page, marketTime, {
            limit,
            ...(since === undefined ? {} : { since }),
          });
          expect(openTimesOf(got)).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives the newest bar when the market has gone past its last millisecond, and not at it', async () => {
    const { page } = market(minutes(3));
    const at = async (time: number) => openTimesOf(await closedCandles(page, time, { limit: 10 }));
    expect(await at(3 * MINUTE - 1)).toEqual([0, MINUTE]);
    expect(await at(3 * MINUTE)).toEqual([0, MINUTE, 2 * MINUTE]);
  });

  it('asks for no page beyond the last closed bar', async () => {
    const { page, requests } = market(minutes(1_500));
    await closedCandles(page, 1_500 * MINUTE - 1, { since: epochMillis(0), limit: 5_000 });
    expect(requests).toEqual([
      { startTime: 0, limit: 1_000 },
      { startTime: 1_000 * MINUTE, limit: 1_000 },
    ]);
  });

  it('is content with the newest page when that holds enough', async () => {
    const { page, requests } = market(minutes(900));
    await closedCandles(page, 900 * MINUTE, { limit: 100 });
    expect(requests).toEqual([{ limit: 101 }]);
  });
});
