import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { ProposedOrder } from '../../../src/core/risk/approved-order.ts';
import { checkRisk, type RiskContext, type RiskLimits } from '../../../src/core/risk/risk-engine.ts';
import type { Leg } from '../../../src/core/trading/client-order-id.ts';
import { decimal, price, quantity, ZERO } from '../../../src/core/trading/money.ts';

/** A market at 100 with a spread of 0.1, and limits with room for an order of one unit. */
export const limits: RiskLimits = {
  maxOrderNotional: decimal('1000'),
  maxPositionNotional: decimal('1500'),
  maxGrossNotional: decimal('2000'),
  maxOrdersPerSecond: 5,
  maxOrdersPerMinute: 3,
  maxConsecutiveLosses: 4,
  coolDownMinutes: 60,
  maxClockSkewMs: 1_000,
  dailyLossFraction: 0.05,
  maxDrawdownFraction: 0.2,
  priceCollarFraction: 0.01,
  maxSpreadFraction: 0.002,
  staleDataMs: 5_000,
};

export const BAR = epochMillis(600_000);

export const context: RiskContext = {
  mode: 'ACTIVE',
  leg: 'entry',
  barClose: BAR,
  marketTime: epochMillis(601_000),
  rules: {
    priceStep: decimal('0.01'),
    quantityStep: decimal('0.0001'),
    minQuantity: decimal('0.001'),
    maxQuantity: decimal('50'),
    minNotional: decimal('10'),
  },
  held: decimal('5'),
  restingSales: ZERO,
  openEntries: ZERO,
  grossOfOthers: ZERO,
  equity: decimal('1000'),
  dayStartEquity: decimal('1000'),
  peakEquity: decimal('1000'),
  consecutiveLosses: 0,
  coolDownUntil: 0,
  book: { bid: price('99.95'), ask: price('100.05') },
  bookAgeMs: 10,
  dataAgeMs: 10,
  clockSkewMs: 0,
  ordersLastSecond: 0,
  ordersLastMinute: 0,
  alreadySent: false,
  openOrders: [],
};

export interface RiskCase {
  readonly order: ProposedOrder;
  readonly context: RiskContext;
}

/** What is proposed: market orders by the leg's name, resting ones with their price. */
export const cases = {
  entry: { leg: 'entry', side: 'buy', type: 'market' },
  limitEntry: { leg: 'entry', side: 'buy', type: 'limit', limitPrice: price('99.9') },
  postOnlyEntry: { leg: 'entry', side: 'buy', type: 'post_only', limitPrice: price('99.9') },
  stopEntry: { leg: 'entry', side: 'buy', type: 'stop', stopPrice: price('100.5') },
  exit: { leg: 'exit', side: 'sell', type: 'market' },
  limitExit: { leg: 'exit', side: 'sell', type: 'limit', limitPrice: price('100.1') },
  postOnlyExit: { leg: 'exit', side: 'sell', type: 'post_only', limitPrice: price('100.1') },
  stopLoss: { leg: 'stop_loss', side: 'sell', type: 'stop', stopPrice: price('90') },
  watchedStop: { leg: 'stop_loss', side: 'sell', type: 'market' },
  takeProfit: { leg: 'take_profit', side: 'sell', type: 'post_only', limitPrice: price('110') },
  limitProfit: { leg: 'take_profit', side: 'sell', type: 'limit', limitPrice: price('110') },
  watchedProfit: { leg: 'take_profit', side: 'sell', type: 'market' },
} as const satisfies Record<string, { readonly leg: Leg } & Partial<ProposedOrder>>;

export type CaseName = keyof typeof cases;
export const names = Object.keys(cases) as CaseName[];
export const entries = names.filter((name) => cases[name].leg === 'entry');
export const sales = names.filter((name) => cases[name].leg !== 'entry');

export function propose(
  name: CaseName,
  order: Partial<ProposedOrder> = {},
  changes: Partial<RiskContext> = {},
): RiskCase {
  const { leg, ...shape } = cases[name];
  return {
    order: {
      symbol: 'X/Y',
      clientOrderId: 'id',
      quantity: quantity('1'),
      referencePrice: price('100'),
      ...shape,
      ...order,
    },
    context: { ...context, leg, ...changes },
  };
}

/** The rule that refuses, or `approved`. */
export function verdict({ order, context }: RiskCase, changed: Partial<RiskLimits> = {}): string {
  const decision = checkRisk(order, { ...limits, ...changed }, context);
  return decision.outcome === 'refused' ? decision.rule : 'approved';
}

/** The rule that refuses such an order. */
export const ruleOf = (
  name: CaseName,
  order: Partial<ProposedOrder> = {},
  changes: Partial<RiskContext> = {},
): string => verdict(propose(name, order, changes));
