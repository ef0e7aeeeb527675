import { AresError } from '../ares-error.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type {
  Balance,
  CancelOutcome,
  Fill,
  MarketCapabilities,
  OrderReport,
  PairOutcome,
  ReplaceOutcome,
  StreamMessage,
  SubmitOutcome,
  Transfer,
} from '../ports/exchange.ts';
import type { ApprovedOrder, ApprovedPair, OrderType } from '../risk/approved-order.ts';
import type { Price, Quantity } from '../trading/money.ts';
import type { PlaceOutcome, Venue } from './venue.ts';
import type { OrderDraft, Refusal, VenueEvent, VenueOrder, VenueOrderType, VenueTrade } from './venue-order.ts';

/** An account whose orders meet simulated venues, in the terms of the exchange port. Every call is answered at once. */
export interface VenueAccount {
  readonly symbols: readonly string[];
  /** @throws AresError `EXCHANGE_REFUSED` for a market there is not */
  venue(symbol: string): Venue;
  balances(): ReadonlyMap<string, Balance>;
  openOrders(symbol: string): readonly OrderReport[];
  ordersSince(symbol: string, since: EpochMillis): readonly OrderReport[];
  fillsSince(symbol: string, since: EpochMillis): readonly Fill[];
  order(symbol: string, clientOrderId: string): OrderReport | undefined;
  transfersSince(since: EpochMillis): readonly Transfer[];
  submit(order: ApprovedOrder, at: EpochMillis): SubmitOutcome;
  submitPair(pair: ApprovedPair, at: EpochMillis): PairOutcome;
  replace(cancelClientOrderId: string, order: ApprovedOrder, at: EpochMillis): ReplaceOutcome;
  cancel(symbol: string, clientOrderId: string, at: EpochMillis): CancelOutcome;
  /** Keeps what the market did to orders, and tells it. */
  moved(symbol: string, events: readonly VenueEvent[]): void;
}

export interface VenueAccountOptions {
  /** Whether what a request did is told on the stream too, as real exchanges do, or only what happens between requests. */
  readonly echo?: boolean;
  /** Takes away from what the venue can do. */
  readonly capabilities?: Partial<MarketCapabilities>;
}

const TYPES: Readonly<Record<OrderType, VenueOrderType>> = {
  market: 'market',
  limit: 'limit',
  post_only: 'limit_maker',
  stop: 'stop_loss',
};

/** All that a venue can do. */
export const VENUE_CAPABILITIES: MarketCapabilities = {
  orderTypes: new Set<OrderType>(['market', 'limit', 'post_only', 'stop']),
  pairs: true,
  replace: true,
  socketOrders: true,
  requestWindow: true,
  reusesClientOrderIds: true,
  transfers: true,
};

const draftOf = (order: ApprovedOrder): OrderDraft => ({
  clientOrderId: order.clientOrderId,
  side: order.side,
  type: TYPES[order.type],
  timeInForce: order.timeInForce ?? 'gtc',
  quantity: order.quantity,
  ...(order.limitPrice === undefined ? {} : { price: order.limitPrice }),
  ...(order.stopPrice === undefined ? {} : { stopPrice: order.stopPrice }),
});

const reportOf = (symbol: string, order: VenueOrder): OrderReport => ({
  symbol,
  clientOrderId: order.clientOrderId,
  exchangeOrderId: String(order.id),
  side: order.side,
  status: order.status,
  quantity: order.quantity as Quantity,
  filled: order.filled as Quantity,
  updatedAt: order.updatedAt,
});

const fillOf = (symbol: string, trade: VenueTrade): Fill => ({
  symbol,
  tradeId: String(trade.id),
  exchangeOrderId: String(trade.orderId),
  clientOrderId: trade.clientOrderId,
  side: trade.side,
  price: trade.price as Price,
  quantity: trade.quantity as Quantity,
  fee: trade.fee,
  feeAsset: trade.feeAsset,
  executedAt: trade.at,
});

const rejected = ({ reason, message }: Refusal) => ({ outcome: 'rejected', code: reason, reason: message }) as const;

/** What is known of one market's orders. */
interface Books {
  readonly venue: Venue;
  /** By exchange id, the one that changed last at the end. */
  readonly reports: Map<number, OrderReport>;
  /** The newest order with a client id. */
  readonly byClientId: Map<string, number>;
  /** The highest id among the reports. */
  newestId: number;
  /** In the order of time. */
  readonly fills: Fill[];
}

/** The first index from which a list that is sorted by time is not before `since`. */
function firstSince<T>(rows: readonly T[], timeOf: (row: T) => number, since: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeOf(rows[middle] as T) < since) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param venues of one account: they share their balances */
export function createVenueAccount(
  venues: readonly Venue[],
  tell: (message: StreamMessage) => void,
  now: () => number,
  { echo = false, capabilities = {} }: VenueAccountOptions = {},
): VenueAccount {
  const markets = new Map<string, Books>();
  for (const venue of venues) {
    markets.set(venue.rules.symbol, { venue, reports: new Map(), byClientId: new Map(), newestId: 0, fills: [] });
  }
  const can = { ...VENUE_CAPABILITIES, ...capabilities };

  function books(symbol: string): Books {
    const found = markets.get(symbol);
    if (found) return found;
    const must = `symbol must be one of ${[...markets.keys()].join(', ')}`;
    throw new AresError('EXCHANGE_REFUSED', `${must}, was "${symbol}"`, { symbol });
  }

  function keep(books: Books, report: OrderReport, id: number): void {
    const { reports, byClientId } = books;
    // A known one moves to the end; ids rise, so that a higher one than all is new.
    if (id <= books.newestId) reports.delete(id);
    else books.newestId = id;
    reports.set(id, report);
    byClientId.set(report.clientOrderId, id);
  }

  /** Keeps what happened to orders and returns the fills of it. */
  function keepAll(symbol: string, events: readonly VenueEvent[], telling: boolean): Fill[] {
    const known = books(symbol);
    const fills: Fill[] = [];
    let pending: VenueOrder | undefined;
    for (const event of events) {
      if (event.kind === 'pair_started' || event.kind === 'pair_done') continue;
      const { order } = event;
      if (pending && pending.id !== order.id) keep(known, reportOf(symbol, pending), pending.id);
      pending = order;
      const fill = event.kind === 'trade' ? fillOf(symbol, event.trade) : undefined;
      if (fill) {
        known.fills.push(fill);
        fills.push(fill);
      }
      if (!telling) continue;
      if (fill) tell({ kind: 'fill', fill, receivedAt: now() });
      tell({ kind: 'order', report: reportOf(symbol, order), receivedAt: now() });
    }
    if (pending) keep(known, reportOf(symbol, pending), pending.id);
    return fills;
  }

  const reportOfId = (symbol: string, id: number): OrderReport => books(symbol).reports.get(id) as OrderReport;

  function acknowledged(symbol: string, placed: Extract<PlaceOutcome, { outcome: 'accepted' }>) {
    const fills = keepAll(symbol, placed.events, echo);
    return { report: reportOfId(symbol, placed.order.id), fills };
  }

  const unable = (what: string) => ({
    outcome: 'rejected' as const,
    code: 'NOT_SUPPORTED',
    reason: `${what} must be supported by the market, was not`,
  });

  return {
    symbols: [...markets.keys()],
    venue: (symbol) => books(symbol).venue,
    moved: (symbol, events) => void keepAll(symbol, events, true),
    balances() {
      const [venue] = venues;
      return new Map(venue?.assets().map((asset) => [asset, venue.balance(asset)]));
    },
    openOrders: (symbol) =>
      books(symbol)
        .venue.openOrders()
        .map((order) => reportOf(symbol, order)),
    ordersSince: (symbol, since) => [...books(symbol).reports.values()].filter(({ updatedAt }) => updatedAt >= since),
    fillsSince(symbol, since) {
      const { fills } = books(symbol);
      return fills.slice(firstSince(fills, ({ executedAt }) => executedAt, since));
    },
    order(symbol, clientOrderId) {
      const { reports, byClientId, venue } = books(symbol);
      const open = venue.openOrder(clientOrderId);
      if (open) return reportOf(symbol, open);
      return reports.get(byClientId.get(clientOrderId) ?? -1);
    },
    transfersSince: (since) => (venues[0]?.transfers() ?? []).filter(({ at }) => at >= since),
    submit(order, at) {
      if (!can.orderTypes.has(order.type)) return unable(`order type ${order.type}`);
      const placed = books(order.symbol).venue.place(draftOf(order), at);
      if (placed.outcome === 'refused') return rejected(placed);
      return { outcome: 'acknowledged', ...acknowledged(order.symbol, placed) };
    },
    submitPair({ listClientOrderId, takeProfit, stopLoss }, at) {
      if (!can.pairs) return unable('a pair');
      const { symbol } = takeProfit;
      const [target, stop] = [draftOf(takeProfit), draftOf(stopLoss)];
      const [above, below] = takeProfit.side === 'sell' ? [target, stop] : [stop, target];
      const placed = books(symbol).venue.placePair({ listClientOrderId, above, below }, at);
      if (placed.outcome === 'refused') return rejected(placed);
      keepAll(symbol, placed.events, echo);
      return {
        outcome: 'acknowledged',
        takeProfit: reportOf(symbol, takeProfit.side === 'sell' ? placed.above : placed.below),
        stopLoss: reportOf(symbol, takeProfit.side === 'sell' ? placed.below : placed.above),
      };
    },
    replace(cancelClientOrderId, order, at) {
      const { symbol } = order;
      if (!can.replace) return { ...unable('replacing'), outcome: 'kept' };
      const { venue } = books(symbol);
      const old = venue.openOrder(cancelClientOrderId);
      const done = venue.replace(old?.id, draftOf(order), at);
      if (done.outcome === 'refused') return { outcome: 'kept', code: done.reason, reason: done.message };
      if (!old || !done.cancelled || !done.placed) {
        const reason = `the order to be replaced must be open, "${cancelClientOrderId}" was not`;
        return { outcome: 'kept', code: 'NOT_OPEN', reason };
      }
      keepAll(symbol, done.cancelled, echo);
      const cancelled = reportOfId(symbol, old.id);
      if (done.placed.outcome === 'refused') {
        const { reason: code, message } = done.placed;
        return { outcome: 'cancelled_only', cancelled, code, reason: message };
      }
      return { outcome: 'replaced', cancelled, ...acknowledged(symbol, done.placed) };
    },
    cancel(symbol, clientOrderId, at) {
      const { venue } = books(symbol);
      const order = venue.openOrder(clientOrderId);
      const events = order && venue.cancel(order.id, at);
      if (!order || !events) return { outcome: 'not_open' };
      const [own, ...others] = events;
      keepAll(symbol, own ? [own] : [], echo);
      // The other half of a pair ends without anybody having asked for it by name.
      keepAll(symbol, others, true);
      return { outcome: 'cancelled', report: reportOfId(symbol, order.id) };
    },
  };
}
