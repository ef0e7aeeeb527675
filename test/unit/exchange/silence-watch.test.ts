import { describe, expect, it } from 'vitest';
import { watchSilence } from '../../../src/adapters/exchange/silence-watch.ts';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';

const MINUTE = 60_000;
const policy = { socketMs: MINUTE, symbolMs: 1.5 * MINUTE };

function watched(...feeds: readonly (readonly [symbol: string, timeframe: string])[]) {
  let now = 1_000_000;
  const watch = watchSilence(
    feeds.map(([symbol, tf]) => ({ symbol, timeframe: timeframe(tf) })),
    policy,
    { now: () => now },
  );
  watch.begin();
  const listen = (ms: number, speaking: readonly string[]) => {
    const reasons: string[] = [];
    for (const end = now + ms; now < end; ) {
      now += 5_000;
      for (const symbol of speaking) watch.heard(symbol, now);
      const reason = watch.reasonToReconnect();
      if (reason === undefined) continue;
      reasons.push(reason);
      watch.begin();
    }
    return reasons;
  };
  return { watch, listen };
}

describe('the watch over silence', () => {
  it('takes a socket that says nothing at all for dead', () => {
    expect(watched(['BTC/USDT', '1m']).listen(61_000, [])).toEqual(['the market sent nothing for 60000 ms']);
  });

  it('finds the one symbol among many that says nothing, and names it', () => {
    const { listen } = watched(['BTC/USDT', '1m'], ['ETH/USDT', '1m'], ['BNB/USDT', '1m']);
    expect(listen(1.5 * MINUTE, ['BTC/USDT', 'BNB/USDT'])).toEqual([]);
    expect(listen(5_000, ['BTC/USDT', 'BNB/USDT'])).toEqual([
      'the market sent nothing of ETH/USDT for 90000 ms, while others spoke',
    ]);
  });

  it('lets a symbol rest for as long as its bars make plausible', () => {
    const { listen } = watched(['BTC/USDT', '1m'], ['QUIET/USDT', '1h']);
    expect(listen(89 * MINUTE, ['BTC/USDT'])).toEqual([]);
    expect(listen(2 * MINUTE, ['BTC/USDT'])).toHaveLength(1);
  });

  it('expects of a symbol with several timeframes what its shortest says', () => {
    const { listen } = watched(['BTC/USDT', '1m'], ['ETH/USDT', '1h'], ['ETH/USDT', '5m']);
    expect(listen(8 * MINUTE, ['BTC/USDT'])).toHaveLength(1);
  });

  it('does not connect again for ever for a market that rests: its patience doubles until it speaks', () => {
    const { listen } = watched(['BTC/USDT', '1m'], ['HALTED/USDT', '1m']);
    const day = listen(24 * 60 * MINUTE, ['BTC/USDT']);
    expect(day.length).toBeLessThan(22);
    expect(day[1]).toBe('the market sent nothing of HALTED/USDT for 180000 ms, while others spoke');
    listen(MINUTE, ['BTC/USDT', 'HALTED/USDT']);
    expect(listen(2 * MINUTE, ['BTC/USDT'])).toEqual([
      'the market sent nothing of HALTED/USDT for 90000 ms, while others spoke',
    ]);
  });

  it('says nothing while all speak', () => {
    expect(watched(['BTC/USDT', '1m'], ['ETH/USDT', '1m']).listen(60 * MINUTE, ['BTC/USDT', 'ETH/USDT'])).toEqual([]);
  });
});
