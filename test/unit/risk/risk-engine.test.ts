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

  it('says what must be and what was', () => {
    const decision = checkRisk(order('buy', '20'), limits, context);
    expect(decision).toMatchObject({ outcome: 'refused', reason: 'order must be worth at most 1000, was 2001.00' });
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
