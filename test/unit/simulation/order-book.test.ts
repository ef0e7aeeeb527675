import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { createAccount } from '../../../src/core/simulation/account.ts';
import { candlePath } from '../../../src/core/simulation/candle-path.ts';
import { DEFAULT_BOOK, syntheticLevels, walk } from '../../../src/core/simulation/order-book.ts';
import { decimal } from '../../../src/core/trading/money.ts';

const scale = { ticksPerUnit: 100, stepsPerUnit: 100_000 };

describe('the path inside a bar', () => {
  it('is always open, low, high, close: the open a jump, the rest continuous, the close on the last millisecond', () => {
    const bar = { openTime: epochMillis(60_000), open: 10, high: 12, low: 9, close: 11, volume: 4 };
    expect(candlePath(bar, 60_000).map(({ at, price, continuous }) => [at, price, continuous])).toEqual([
      [60_000, 10, false],
      [80_000, 9, true],
      [100_000, 12, true],
      [119_999, 11, true],
    ]);
  });
});

describe('the modelled book', () => {
  it('lies around the price with its spread, and its depth is its share of the volume', () => {
    const asks = syntheticLevels(DEFAULT_BOOK, scale, 'ask', 4_000_000, 55);
    const bids = syntheticLevels(DEFAULT_BOOK, scale, 'bid', 4_000_000, 55);
    expect(asks.slice(0, 2)).toEqual([
      { ticks: 4_000_040, steps: 10_000 },
      { ticks: 4_000_240, steps: 20_000 },
    ]);
    expect(bids.slice(0, 2)).toEqual([
      { ticks: 3_999_960, steps: 10_000 },
      { ticks: 3_999_760, steps: 20_000 },
    ]);
    expect(asks.reduce((sum, { steps }) => sum + steps, 0)).toBe(550_000);
  });

  it('never crosses itself, keeps a step at each level without volume, and ends above zero', () => {
    const narrow = { ...DEFAULT_BOOK, spread: 0, levelSpacing: 0 };
    const [bids, asks] = [syntheticLevels(narrow, scale, 'bid', 3, 0), syntheticLevels(narrow, scale, 'ask', 3, 0)];
    expect(asks[0]).toEqual({ ticks: 4, steps: 1 });
    expect(bids).toEqual([
      { ticks: 2, steps: 1 },
      { ticks: 1, steps: 1 },
    ]);
  });

  it('is walked past what was taken, up to the limit and no further', () => {
    const levels = [
      { ticks: 10, steps: 5 },
      { ticks: 11, steps: 5 },
      { ticks: 12, steps: 5 },
    ];
    expect(walk(levels, 'ask', 0, 7)).toEqual([
      { ticks: 10, steps: 5 },
      { ticks: 11, steps: 2 },
    ]);
    expect(walk(levels, 'ask', 6, 7)).toEqual([
      { ticks: 11, steps: 4 },
      { ticks: 12, steps: 3 },
    ]);
    expect(walk(levels, 'ask', 0, 20, 11)).toEqual([
      { ticks: 10, steps: 5 },
      { ticks: 11, steps: 5 },
    ]);
    expect(walk([...levels].reverse(), 'bid', 0, 20, 11)).toEqual([
      { ticks: 12, steps: 5 },
      { ticks: 11, steps: 5 },
    ]);
    expect(walk(levels, 'ask', 15, 1)).toEqual([]);
  });
});

describe('an account', () => {
  it('refuses to go below zero, free or locked, and stays as it was', () => {
    const account = createAccount({ USDT: { free: '10', locked: '1' } });
    expect(() => account.lock('USDT', decimal('10.01'))).toThrow(
      'USDT balance must not go below 0, would be -0.01 free and 11.01 locked',
    );
    expect(() => account.unlock('USDT', decimal('1.01'))).toThrow('must not go below 0');
    expect(() => account.debit('BTC', decimal('1'))).toThrow('BTC balance must not go below 0');
    expect(account.snapshot()).toEqual({ USDT: { free: '10', locked: '1' } });
    expect(account.balance('BTC').free.toFixed()).toBe('0');
  });
});
