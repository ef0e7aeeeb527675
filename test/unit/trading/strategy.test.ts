import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MarketRules } from '../../../src/core/ports/exchange.ts';
import { decimal, floorToStep, ZERO } from '../../../src/core/trading/money.ts';
import { intentOf, type StrategyConfig, signalOf } from '../../../src/core/trading/strategy.ts';

const config: StrategyConfig = {
  entryThreshold: 0.55,
  exitThreshold: 0.48,
  budgetFraction: decimal('0.5'),
  quoteBudget: decimal('10000'),
};
const rules: MarketRules = {
  symbol: 'BTC/USDT',
  base: 'BTC',
  quote: 'USDT',
  priceStep: decimal('0.01'),
  quantityStep: decimal('0.00001'),
  minQuantity: decimal('0.00001'),
  minNotional: decimal('5'),
  takerFee: decimal('0.001'),
  makerFee: decimal('0.001'),
};
const mark = decimal('40000');
const equity = decimal('10000');

describe('signals', () => {
  it.each([
    [0.55, 'long'],
    [0.9, 'long'],
    [0.5499, 'hold'],
    [0.4801, 'hold'],
    [0.48, 'flat'],
    [0, 'flat'],
  ] as const)('%f means %s', (probability, signal) => {
    expect(signalOf(probability, config)).toBe(signal);
  });
});

describe('intents', () => {
  it('enter with the configured share of equity, rounded down to the lot', () => {
    expect(intentOf('long', ZERO, decimal('33333.33'), equity, config, rules)).toMatchObject({ leg: 'entry' });
    expect(intentOf('long', ZERO, decimal('33333.33'), equity, config, rules)?.quantity.toFixed()).toBe('0.15');
  });

  it('leave with everything that can be sold', () => {
    expect(intentOf('flat', decimal('0.123456789'), mark, equity, config, rules)?.quantity.toFixed()).toBe('0.12345');
  });

  it('are none when the position is already there, or the signal says hold', () => {
    expect(intentOf('long', decimal('0.1'), mark, equity, config, rules)).toBeUndefined();
    expect(intentOf('flat', ZERO, mark, equity, config, rules)).toBeUndefined();
    expect(intentOf('hold', decimal('0.1'), mark, equity, config, rules)).toBeUndefined();
  });

  it('count dust below the minimum notional as flat', () => {
    expect(intentOf('flat', decimal('0.0001'), mark, equity, config, rules)).toBeUndefined();
    expect(intentOf('long', decimal('0.0001'), mark, equity, config, rules)?.leg).toBe('entry');
  });

  it('are none when equity does not pay for the smallest order', () => {
    expect(intentOf('long', ZERO, mark, decimal('9'), config, rules)).toBeUndefined();
    expect(intentOf('long', ZERO, mark, decimal('-50'), config, rules)).toBeUndefined();
    expect(
      intentOf('long', ZERO, mark, decimal('10'), config, { ...rules, minQuantity: decimal('1') }),
    ).toBeUndefined();
  });
});

describe('rounding to lots', () => {
  it('gives the largest multiple of the step that is not larger', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), fc.integer({ min: 1, max: 5_000 }), (amount, step) => {
        const floored = floorToStep(decimal(String(amount)), decimal(String(step)));
        expect(floored.toFixed()).toBe(String(Math.floor(amount / step) * step));
      }),
    );
  });
});

describe('the largest order that the exchange takes', () => {
  const bounded = { ...rules, maxQuantity: decimal('0.010005') };

  it('bounds a purchase, on the step below it', () => {
    const intent = intentOf('long', ZERO, mark, equity, config, bounded);
    expect(intent?.quantity.toFixed()).toBe('0.01');
  });

  it('bounds a sale; what is left is sold after it', () => {
    expect(intentOf('flat', decimal('0.5'), mark, equity, config, bounded)?.quantity.toFixed()).toBe('0.010005');
    expect(intentOf('flat', decimal('0.005'), mark, equity, config, bounded)?.quantity.toFixed()).toBe('0.005');
  });
});
