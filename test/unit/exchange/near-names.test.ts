import { describe, expect, it } from 'vitest';
import { nearNames } from '../../../src/adapters/exchange/near-names.ts';

const names = ['binance', 'binanceus', 'bitfinex', 'bybit', 'kraken', 'krakenfutures', 'okx'];

describe('nearNames', () => {
  it('finds what was mistyped, nearest first', () => {
    expect(nearNames('binnance', names)).toEqual(['binance']);
    expect(nearNames('Kraken', names)).toEqual(['kraken', 'krakenfutures']);
    expect(nearNames('okex', names)).toEqual(['okx']);
    expect(nearNames('BTC/USDC', ['BTC/USDT', 'ETH/EUR'])).toEqual(['BTC/USDT']);
  });

  it('finds nothing for what is like nothing', () => {
    expect(nearNames('nasdaq', names)).toEqual([]);
    expect(nearNames('', names)).toEqual([]);
  });
});
