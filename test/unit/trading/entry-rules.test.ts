import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../../src/core/config/live-config.ts';
import { entryObstacle, entryTerms, highestEntry, repricedTo } from '../../../src/core/trading/entry-rules.ts';
import { decimal, price } from '../../../src/core/trading/money.ts';
import { rules } from '../../support/engine-harness.ts';

const entry = (over: Partial<typeof DEFAULT_CONFIG.entry>) => ({
  ...DEFAULT_CONFIG.entry,
  maxSlippageFraction: 0.01,
  maxSpreadFraction: 0.02,
  ...over,
});
const book = (bid: string, ask: string) => ({ bid: price(bid), ask: price(ask) });
const signal = decimal('100');

describe('an entry', () => {
  it('at market has no price', () => {
    expect(entryTerms(entry({ type: 'market' }), signal, book('99', '101'), rules)).toEqual({ type: 'market' });
  });

  it('by limit takes what is offered, and no more than the settings allow', () => {
    const limit = entry({ type: 'limit', timeInForce: 'ioc' });
    const priceOf = (bid: string, ask: string) =>
      entryTerms(limit, signal, book(bid, ask), rules).limitPrice?.toFixed();
    expect(entryTerms(limit, signal, book('99', '100.5'), rules)).toMatchObject({ type: 'limit', timeInForce: 'ioc' });
    expect([priceOf('99', '100.5'), priceOf('99', '101'), priceOf('101', '102')]).toEqual(['100.5', '101', '101']);
  });

  it('post-only never takes: it joins the best bid', () => {
    const terms = entryTerms(entry({ type: 'post_only' }), signal, book('99.5', '100.5'), rules);
    expect([terms.type, terms.limitPrice?.toFixed(), terms.timeInForce]).toEqual(['post_only', '99.5', undefined]);
  });

  it('without a book is at the price of the signal', () => {
    expect(entryTerms(entry({ type: 'limit' }), decimal('100.009'), null, rules).limitPrice?.toFixed()).toBe('100');
  });

  it('follows the market up to a price on its steps', () => {
    expect(highestEntry(decimal('33.333'), entry({}), rules).toFixed()).toBe('33.66');
  });
});

describe('a market to enter', () => {
  const obstacle = (bid: string, ask: string, type: 'market' | 'limit' = 'market') =>
    entryObstacle(entry({ type }), signal, book(bid, ask), rules);

  it('has a spread within the settings', () => {
    expect(obstacle('99', '100.99')).toBeUndefined();
    expect(obstacle('98.8', '101', 'limit')).toMatch(
      /^entry-spread: spread must be at most 0.02 of the price to enter, was 0.0220/,
    );
  });

  it('has not run away from the signal, where the order has no price of its own', () => {
    expect(obstacle('100.5', '101')).toBeUndefined();
    expect(obstacle('100.5', '101.01')).toBe('entry-slippage: ask must be at most 101 to enter at market, was 101.01');
    expect(obstacle('100.5', '101.01', 'limit')).toBeUndefined();
  });
});

describe('a resting entry', () => {
  const moved = (resting: string, bid: string, ask: string, type: 'limit' | 'post_only' = 'post_only') =>
    repricedTo(decimal(resting), entry({ type }), signal, book(bid, ask), rules)?.toFixed();

  it('stays while it is first in line', () => {
    expect([moved('99.5', '99.5', '100'), moved('99.5', '99', '100')]).toEqual([undefined, undefined]);
  });

  it('goes after a market that has left it behind, as far as it may', () => {
    expect([moved('99.5', '99.6', '100'), moved('99.5', '99.6', '100', 'limit')]).toEqual(['99.6', '100']);
    expect([moved('99.5', '103', '104'), moved('101', '103', '104')]).toEqual(['101', undefined]);
  });
});
