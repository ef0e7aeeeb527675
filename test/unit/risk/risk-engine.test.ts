import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProposedOrder } from '../../../src/core/risk/approved-order.ts';
import { checkRisk, type RiskContext, type RiskLimits } from '../../../src/core/risk/risk-engine.ts';
import { decimal, price, quantity } from '../../../src/core/trading/money.ts';

const limits: RiskLimits = {
  maxOrderNotional: decimal('1000'),
  maxPositionNotional: decimal('1500'),
  maxOrdersPerMinute: 3,
  dailyLossFraction: 0.05,
  maxDrawdownFraction: 0.2,
  priceCollarFraction: 0.01,
  maxSpreadFraction: 0.002,
  staleDataMs: 5_000,
};
const context: RiskContext = {
  mode: 'ACTIVE',
  held: decimal('5'),
  equity: decimal('1000'),
  dayStartEquity: decimal('1000'),
  peakEquity: decimal('1000'),
  book: { bid: price('99.95'), ask: price('100.05') },
  dataAgeMs: 10,
  ordersLastMinute: 0,
  alreadySent: false,
};
const order = (side: 'buy' | 'sell', amount = '1'): ProposedOrder => ({
  symbol: 'X/Y',
  clientOrderId: 'id',
  side,
  type: 'market',
  quantity: quantity(amount),
  referencePrice: price('100'),
});
const ruleOf = (proposed: ProposedOrder, change: Partial<RiskContext>) => {
  const decision = checkRisk(proposed, limits, { ...context, ...change });
  return decision.outcome === 'refused' ? decision.rule : 'approved';
};

describe('the risk engine', () => {
  it('lets an order within every limit through', () => {
    expect(ruleOf(order('buy'), {})).toBe('approved');
    expect(ruleOf(order('sell'), {})).toBe('approved');
  });

  it.each([
    ['halted', { mode: 'HALTED' }],
    ['duplicate', { alreadySent: true }],
    ['stale-data', { dataAgeMs: 5_001 }],
    ['no-book', { book: undefined }],
    ['crossed-book', { book: { bid: price('100'), ask: price('100') } }],
    ['spread', { book: { bid: price('99.8'), ask: price('100.2') } }],
    ['collar', { book: { bid: price('101.5'), ask: price('101.6') } }],
  ] as const)('refuses both sides: %s', (rule, change) => {
    expect(ruleOf(order('buy'), change)).toBe(rule);
    expect(ruleOf(order('sell'), change)).toBe(rule);
  });

  it.each([
    ['reducing', '1', { mode: 'REDUCING' }],
    ['order-notional', '9.996', {}],
    ['position-notional', '5', { held: decimal('10') }],
    ['order-rate', '1', { ordersLastMinute: 3 }],
    ['daily-loss', '1', { equity: decimal('950') }],
    ['drawdown', '1', { peakEquity: decimal('1250') }],
    ['daily-loss', '1', { dayStartEquity: decimal('0') }],
  ] as const)('refuses growth but never leaving: %s', (rule, amount, change) => {
    expect(ruleOf(order('buy', amount), change)).toBe(rule);
    expect(ruleOf(order('sell', '1'), change)).toBe('approved');
  });

  it('is exact at its limits', () => {
    expect(ruleOf(order('buy', '9.995'), { held: decimal('0') })).toBe('approved');
    expect(ruleOf(order('buy'), { ordersLastMinute: 2, dataAgeMs: 5_000 })).toBe('approved');
    expect(ruleOf(order('buy'), { equity: decimal('950.1') })).toBe('approved');
    expect(ruleOf(order('buy'), { peakEquity: decimal('1249') })).toBe('approved');
  });

  it('never sells more than is held', () => {
    expect(ruleOf(order('sell', '5'), {})).toBe('approved');
    expect(ruleOf(order('sell', '5.00001'), {})).toBe('oversell');
  });

  it('values a buy at the worse of reference price and ask', () => {
    const worse = { book: { bid: price('100.85'), ask: price('100.95') } };
    expect(ruleOf(order('buy', '9.95'), { held: decimal('0') })).toBe('approved');
    expect(ruleOf(order('buy', '9.95'), { ...worse, held: decimal('0') })).toBe('order-notional');
  });

  it('takes the limits of spread and collar themselves', () => {
    const wide = { book: { bid: price('99.9'), ask: price('100.1') } };
    expect(ruleOf(order('buy'), wide)).toBe('approved');
    const far = { ...order('buy'), referencePrice: price('101') };
    expect(ruleOf(far, {})).toBe('approved');
    expect(ruleOf({ ...far, referencePrice: price('101.0001') }, {})).toBe('collar');
    expect(ruleOf({ ...far, referencePrice: price('98.9999') }, {})).toBe('collar');
  });

  it('values a buy at the reference price where that is the worse', () => {
    const above = { ...order('buy', '9.95'), referencePrice: price('100.6') };
    expect(ruleOf(above, { held: decimal('0') })).toBe('order-notional');
    expect(ruleOf({ ...above, referencePrice: price('100.5') }, { held: decimal('0') })).toBe('approved');
  });

  it('hands back the very order it approves, on either side', () => {
    for (const proposed of [order('buy'), order('sell')]) {
      expect(checkRisk(proposed, limits, context)).toEqual({ outcome: 'approved', order: proposed });
    }
  });

  it.each([
    ['buy', '1', { mode: 'HALTED' }, 'trading is HALTED: only cancels are sent'],
    ['buy', '1', { mode: 'REDUCING' }, 'trading is REDUCING: only orders that shrink the position are sent'],
    ['buy', '1', { alreadySent: true }, 'order id was sent before'],
    ['buy', '1', { dataAgeMs: 5_000.6 }, 'market data must be at most 5000 ms old, was 5001 ms'],
    ['sell', '6', {}, 'sale must be at most the 5 held, was 6'],
    ['buy', '1', { book: undefined }, 'the book must have been seen before an order is sent'],
    ['buy', '1', { book: { bid: price('101'), ask: price('100') } }, 'bid must be below ask, was 101 against 100'],
    [
      'buy',
      '1',
      { book: { bid: price('99.8'), ask: price('100.2') } },
      'spread must be at most 0.002 of the price, was 0.004000',
    ],
    [
      'buy',
      '1',
      { book: { bid: price('101.95'), ask: price('102.05') } },
      'reference price must be within 0.01 of the book, was 0.019608 away',
    ],
    ['buy', '20', {}, 'order must be worth at most 1000, was 2001.00'],
    ['buy', '5', { held: decimal('10') }, 'position must be worth at most 1500, would be 1500.75'],
    ['buy', '1', { ordersLastMinute: 4 }, 'orders a minute must be at most 3, were 4'],
    ['buy', '1', { equity: decimal('940') }, 'loss of the day must be below 0.05, was 0.0600'],
    ['buy', '1', { peakEquity: decimal('1600') }, 'drawdown must be below 0.2, was 0.3750'],
  ] as const)('says what must be and what was: %s %s with %o', (side, amount, change, reason) => {
    expect(checkRisk(order(side, amount), limits, { ...context, ...change })).toMatchObject({
      outcome: 'refused',
      reason,
    });
  });

  it('never approves a buy beyond a limit, whatever the account looks like', () => {
    const amount = fc.integer({ min: 1, max: 3_000_000 }).map((units) => decimal((units / 100_000).toFixed(5)));
    fc.assert(
      fc.property(
        amount,
        amount,
        fc.integer({ min: 0, max: 6 }),
        fc.integer({ min: 1, max: 2_000 }),
        fc.constantFrom('ACTIVE', 'REDUCING', 'HALTED'),
        (size, held, sent, equity, mode) => {
          const decision = checkRisk({ ...order('buy'), quantity: quantity(size) }, limits, {
            ...context,
            held,
            ordersLastMinute: sent,
            equity: decimal(String(equity)),
            mode: mode as 'ACTIVE',
          });
          if (decision.outcome === 'refused') return;
          expect(mode).toBe('ACTIVE');
          expect(size.times('100.05').lte(limits.maxOrderNotional)).toBe(true);
          expect(size.plus(held).times('100.05').lte(limits.maxPositionNotional)).toBe(true);
          expect(sent).toBeLessThan(limits.maxOrdersPerMinute);
          expect(equity).toBeGreaterThan(950);
        },
      ),
    );
  });
});
