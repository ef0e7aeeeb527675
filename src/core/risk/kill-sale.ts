import { DEFAULT_CONFIG } from '../config/live-config.ts';
import { parseSlotId, type SlotId } from '../models/slot.ts';
import { type EpochMillis, epochMillis, type Timers, type WallClock } from '../ports/clock.ts';
import type { Exchange, MarketRules, OrderReport } from '../ports/exchange.ts';
import { clientOrderId, parseClientOrderId } from '../trading/client-order-id.ts';
import { engineSettings } from '../trading/engine-settings.ts';
import { type Decimal, decimal, price, quantity as toQuantity, ZERO } from '../trading/money.ts';
import type { RiskContext } from './risk-context.ts';
import { checkRisk } from './risk-engine.ts';

export interface KillPorts {
  readonly exchange: Exchange;
  readonly timers: Timers;
  readonly wallClock: WallClock;
}

/** No trader has it, so that an order of the kill switch can be told from a decision. Recovery books it like any order of the line that it does not know. */
const KILL_EPOCH = 0;

export type KillSale =
  | {
      readonly outcome: 'sold' | 'sold_in_part';
      readonly clientOrderId: string;
      readonly quantity: Decimal;
      readonly filled: Decimal;
    }
  /** Less is held, or free, than an order must have. */
  | { readonly outcome: 'nothing'; readonly reason: string }
  /** What is held cannot be told from the exchange's history. */
  | { readonly outcome: 'not_known'; readonly reason: string }
  /** Nothing was sold. */
  | { readonly outcome: 'failed'; readonly reason: string }
  /** No answer says whether the order was placed: it must be looked for at the exchange before anything is sold again. */
  | { readonly outcome: 'unknown'; readonly clientOrderId: string; readonly reason: string };

interface SaleRequest {
  readonly line: SlotId;
  readonly rules: MarketRules;
  readonly quantity: Decimal;
  /** Orders of the line so far: no id of theirs is used again. */
  readonly taken: readonly OrderReport[];
  /** How long an order whose answer was lost may still turn up, in milliseconds. */
  readonly patienceMs: number;
}

const LOOK_EVERY_MS = 250;

/** Sells at the market, once, through the same check as every order. @throws what reading the exchange throws */
export async function sellNow(request: SaleRequest, ports: KillPorts): Promise<KillSale> {
  const { line, rules } = request;
  const { exchange, timers, wallClock } = ports;
  const at = epochMillis(Math.floor(wallClock.now() / 1_000) * 1_000);
  const id = nextId(line, at, request.taken);
  const quantity = rules.maxQuantity?.lt(request.quantity) ? rules.maxQuantity : request.quantity;
  const { symbol } = rules;
  const { timeframe } = parseSlotId(line);
  const [newest] = (await exchange.candles({ symbol, timeframe, limit: 1 })).slice(-1);
  const decision = checkRisk(
    {
      symbol,
      clientOrderId: id,
      side: 'sell',
      type: 'market',
      quantity: toQuantity(quantity),
      referencePrice: price(decimal(String(newest?.close ?? 0))),
    },
    engineSettings(DEFAULT_CONFIG).limits,
    contextOf(rules, quantity, at),
  );
  if (decision.outcome === 'refused') return { outcome: 'failed', reason: `${decision.rule}: ${decision.reason}` };

  const sent = await exchange.submit(decision.order);
  if (sent.outcome === 'rejected') return { outcome: 'failed', reason: `${sent.code}: ${sent.reason}` };
  let report = sent.outcome === 'acknowledged' ? sent.report : undefined;
  for (let waited = 0; !hasEnded(report) && waited <= request.patienceMs; waited += LOOK_EVERY_MS) {
    await timers.sleep(LOOK_EVERY_MS);
    report = (await lookFor(symbol, id, exchange)) ?? report;
  }
  if (!report) {
    const reason = sent.outcome === 'unknown' ? sent.reason : 'the exchange does not list it';
    return { outcome: 'unknown', clientOrderId: id, reason };
  }
  const filled: Decimal = report.filled;
  const outcome = filled.gte(request.quantity) ? 'sold' : 'sold_in_part';
  return { outcome, clientOrderId: id, quantity: request.quantity, filled };
}

const hasEnded = (report: OrderReport | undefined): boolean =>
  report !== undefined && report.status !== 'new' && report.status !== 'partially_filled';

/** A read that fails says nothing about the order; the next may. */
const lookFor = (symbol: string, id: string, exchange: Exchange): Promise<OrderReport | undefined> =>
  exchange.order(symbol, id).catch(() => undefined);

function nextId(line: SlotId, at: EpochMillis, taken: readonly OrderReport[]): string {
  const used = taken.filter((order) => {
    const name = parseClientOrderId(line, order.clientOrderId);
    return name?.epoch === KILL_EPOCH && name.barClose === at;
  });
  return clientOrderId({ slot: line, barClose: at, leg: 'exit', attempt: used.length, epoch: KILL_EPOCH });
}

/** A sale of what is held and free, priced from the exchange just now. */
const contextOf = (rules: MarketRules, held: Decimal, at: EpochMillis): RiskContext => ({
  mode: 'REDUCING',
  leg: 'exit',
  barClose: at,
  marketTime: at,
  rules,
  held,
  restingSales: ZERO,
  openEntries: ZERO,
  grossOfOthers: ZERO,
  equity: ZERO,
  dayStartEquity: ZERO,
  peakEquity: ZERO,
  consecutiveLosses: 0,
  coolDownUntil: 0,
  book: undefined,
  bookAgeMs: Number.POSITIVE_INFINITY,
  dataAgeMs: 0,
  clockSkewMs: 0,
  ordersLastSecond: 0,
  ordersLastMinute: 0,
  alreadySent: false,
  openOrders: [],
});
