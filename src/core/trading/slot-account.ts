import * as z from 'zod';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { Fill, MarketRules } from '../ports/exchange.ts';
import type { JsonObject } from '../ports/ledger.ts';
import { type Decimal, decimal, ZERO } from './money.ts';
import { applyFill, FLAT, type Position } from './position.ts';

/** A slot's books: everything its own fills have done, and the marks risk compares with. */
export interface SlotAccount {
  readonly position: Position;
  /** Sum of all changes of the quote balance by own fills. */
  readonly quoteFlow: Decimal;
  readonly realisedPnl: Decimal;
  /** Paid so far, by asset. */
  readonly fees: Readonly<Record<string, Decimal>>;
  /** Orders that ended with at least one fill. */
  readonly trades: number;
  /** Balances of the account that were there before the slot's first order; never traded. */
  readonly baseline: { readonly base: Decimal; readonly quote: Decimal };
  /** The budget the two marks below were measured with; `null` in books from before it was kept. */
  readonly budget: Decimal | null;
  /** UTC day (days since 1970) of `dayStartEquity`. */
  readonly day: number;
  readonly dayStartEquity: Decimal;
  readonly peakEquity: Decimal;
  /** The exchange's time of the newest change that is in these books; older ones need not be read again. */
  readonly settledThrough: number;
  /** The position under way; `null` while flat, what cannot be sold counting as nothing. */
  readonly holding: Holding | null;
  /** Realised by the round trip under way, in quote currency after fees. */
  readonly tripPnl: Decimal;
  /** Round trips that lost, without one between them that did not. */
  readonly consecutiveLosses: number;
  /** Market time until which nothing is entered after too many losses; 0: none. */
  readonly coolDownUntil: number;
}

export interface Holding {
  /** The bar close it counts from: bars that open then or later were held from end to end. */
  readonly since: EpochMillis;
  /** The highest price while it was held, as the entry's fills and the bars since tell it. */
  readonly highest: Decimal;
}

export function openAccount(baseline: SlotAccount['baseline'], budget: Decimal): SlotAccount {
  return {
    position: FLAT,
    quoteFlow: ZERO,
    realisedPnl: ZERO,
    fees: {},
    trades: 0,
    baseline,
    budget,
    day: 0,
    dayStartEquity: budget,
    peakEquity: budget,
    settledThrough: 0,
    holding: null,
    tripPnl: ZERO,
    consecutiveLosses: 0,
    coolDownUntil: 0,
  };
}

/** The account after fills of one order, which count as one trade. */
export function bookFills(
  account: SlotAccount,
  fills: readonly Fill[],
  rules: Pick<MarketRules, 'base' | 'quote'>,
): { readonly account: SlotAccount; readonly realisedPnl: Decimal } {
  let { position, quoteFlow } = account;
  let realised = ZERO;
  const fees = { ...account.fees };
  let settledThrough = account.settledThrough;
  for (const fill of fills) {
    const effect = applyFill(position, fill, rules);
    position = effect.position;
    quoteFlow = quoteFlow.plus(effect.quoteChange);
    realised = realised.plus(effect.realisedPnl);
    fees[fill.feeAsset] = (fees[fill.feeAsset] ?? ZERO).plus(fill.fee);
    settledThrough = Math.max(settledThrough, fill.executedAt);
  }
  return {
    account: {
      ...account,
      position,
      quoteFlow,
      realisedPnl: account.realisedPnl.plus(realised),
      fees,
      trades: account.trades + (fills.length > 0 ? 1 : 0),
      settledThrough,
    },
    realisedPnl: realised,
  };
}

/** What the slot's budget is worth at a price, in quote currency: budget, plus all cash flows, plus the position. */
export function equityOf(account: SlotAccount, budget: Decimal, mark: Decimal): Decimal {
  return budget.plus(account.quoteFlow).plus(account.position.quantity.times(mark));
}

const MILLIS_PER_DAY = 86_400_000;

/** A larger or smaller budget is neither profit nor loss: the marks move with it. */
function withBudget(account: SlotAccount, budget: Decimal): SlotAccount {
  if (account.budget?.eq(budget)) return account;
  if (account.budget === null) return { ...account, budget };
  const change = budget.minus(account.budget);
  return {
    ...account,
    budget,
    dayStartEquity: account.dayStartEquity.plus(change),
    peakEquity: account.peakEquity.plus(change),
  };
}

/** Moves the marks that daily loss and drawdown are measured from. */
export function markEquity(before: SlotAccount, equity: Decimal, budget: Decimal, now: EpochMillis): SlotAccount {
  const account = withBudget(before, budget);
  const day = Math.floor(now / MILLIS_PER_DAY);
  const peakEquity = equity.gt(account.peakEquity) ? equity : account.peakEquity;
  if (day !== account.day) return { ...account, day, dayStartEquity: equity, peakEquity };
  return peakEquity === account.peakEquity ? account : { ...account, peakEquity };
}

const amount = z.string().transform((text) => decimal(text));

const storedSchema = z.object({
  position: z.object({ quantity: amount, cost: amount }),
  quoteFlow: amount,
  realisedPnl: amount,
  fees: z.record(z.string(), amount),
  trades: z.number().int(),
  baseline: z.object({ base: amount, quote: amount }),
  budget: amount.nullable().default(null),
  day: z.number().int(),
  dayStartEquity: amount,
  peakEquity: amount,
  settledThrough: z.number().int(),
  holding: z
    .object({ since: z.number().int().transform(epochMillis), highest: amount })
    .nullable()
    .default(null),
  tripPnl: amount.default(ZERO),
  consecutiveLosses: z.number().int().default(0),
  coolDownUntil: z.number().int().default(0),
});

/** @throws ZodError when the stored item is not an account */
export const parseAccount = (value: JsonObject): SlotAccount => storedSchema.parse(value);

export function accountToJson(account: SlotAccount): JsonObject {
  return {
    position: { quantity: account.position.quantity.toFixed(), cost: account.position.cost.toFixed() },
    quoteFlow: account.quoteFlow.toFixed(),
    realisedPnl: account.realisedPnl.toFixed(),
    fees: Object.fromEntries(Object.entries(account.fees).map(([asset, paid]) => [asset, paid.toFixed()])),
    trades: account.trades,
    baseline: { base: account.baseline.base.toFixed(), quote: account.baseline.quote.toFixed() },
    budget: account.budget?.toFixed() ?? null,
    day: account.day,
    dayStartEquity: account.dayStartEquity.toFixed(),
    peakEquity: account.peakEquity.toFixed(),
    settledThrough: account.settledThrough,
    holding: account.holding && { since: account.holding.since, highest: account.holding.highest.toFixed() },
    tripPnl: account.tripPnl.toFixed(),
    consecutiveLosses: account.consecutiveLosses,
    coolDownUntil: account.coolDownUntil,
  };
}
