import type { Candle } from '../../src/core/market-data/candle.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type {
  Balance,
  CancelOutcome,
  Fill,
  MarketRules,
  OrderReport,
  OrderStatus,
  PairOutcome,
  ReplaceOutcome,
  SubmitOutcome,
  Transfer,
} from '../../src/core/ports/exchange.ts';
import type { ApprovedOrder, ApprovedPair } from '../../src/core/risk/approved-order.ts';
import type { MarketPoint } from '../../src/core/simulation/candle-path.ts';
import { createVenue, emptyVenue } from '../../src/core/simulation/venue.ts';
import type { OrderDraft, VenueEvent, VenueOrder, VenueOrderType } from '../../src/core/simulation/venue-order.ts';
import { type Decimal, price, quantity } from '../../src/core/trading/money.ts';

/** What the account's stream tells. */
export type AccountNews =
  | { readonly kind: 'order'; readonly report: OrderReport }
  | { readonly kind: 'fill'; readonly fill: Fill }
  | { readonly kind: 'balance-change'; readonly asset: string; readonly change: Decimal };

export interface ServerOptions {
  readonly rules: MarketRules;
  readonly balances: Readonly<Record<string, string>>;
  readonly now: () => number;
  /** News of the account, at the moment it happens. */
  readonly onNews: (news: AccountNews) => void;
  /** An order has been taken. */
  readonly onAccepted: (clientOrderId: string) => void;
}

/** An exchange with one account and one market, and no network: what it says is the truth of its world. */
export interface ExchangeServer {
  readonly rules: MarketRules;
  readonly candles: readonly Candle[];
  addCandle(candle: Candle): void;
  move(point: MarketPoint): void;
  /** `undefined` while one side is taken away. */
  top(): { readonly bid: Level; readonly ask: Level } | undefined;
  submit(order: ApprovedOrder): SubmitOutcome;
  submitPair(pair: ApprovedPair): PairOutcome;
  replace(cancelId: string, order: ApprovedOrder): ReplaceOutcome;
  cancel(id: string): CancelOutcome;
  isOpen(id: string): boolean;
  /** What reads say, as it was `lagMs` ago. */
  openOrders(lagMs?: number): readonly OrderReport[];
  ordersSince(since: number, lagMs?: number): readonly OrderReport[];
  fillsSince(since: number, lagMs?: number): readonly Fill[];
  order(id: string, lagMs?: number): OrderReport | undefined;
  balances(lagMs?: number): ReadonlyMap<string, Balance>;
  transfersSince(since: number, lagMs?: number): readonly Transfer[];
  /** False where more would go out than is free. */
  transfer(asset: string, amount: Decimal): boolean;
  total(asset: string): Decimal;
  /** Every trade there ever was, with whose order it was. */
  readonly trades: readonly Fill[];
}

const TYPES: Readonly<Record<ApprovedOrder['type'], VenueOrderType>> = {
  market: 'market',
  limit: 'limit',
  post_only: 'limit_maker',
  stop: 'stop_loss',
};

interface Level {
  readonly price: Decimal;
  readonly quantity: Decimal;
}

interface Dated<T> {
  readonly at: number;
  readonly value: T;
}

/** The newest that is not younger than that. */
function asOf<T>(log: readonly Dated<T>[], time: number): T | undefined {
  for (let i = log.length - 1; i >= 0; i -= 1) {
    const entry = log[i] as Dated<T>;
    if (entry.at <= time) return entry.value;
  }
  return undefined;
}

const isOpenStatus = (status: OrderStatus): boolean => status === 'new' || status === 'partially_filled';

export function createExchangeServer(options: ServerOptions): ExchangeServer {
  const { rules, now } = options;
  const { symbol } = rules;
  const venue = createVenue(rules, emptyVenue(options.balances));
  const candles: Candle[] = [];
  /** By the exchange's id: an id of the client's may name several orders, one after the other. */
  const orders = new Map<string, Dated<OrderReport>[]>();
  const open = new Set<string>();
  const trades: Fill[] = [];
  const transfers: Transfer[] = [];
  const balanceLog: Dated<ReadonlyMap<string, Balance>>[] = [];

  const currentBalances = (): ReadonlyMap<string, Balance> =>
    new Map(venue.assets().map((asset) => [asset, venue.balance(asset)]));
  const logBalances = (): void => {
    balanceLog.push({ at: now(), value: currentBalances() });
    if (balanceLog.length > 200) balanceLog.splice(0, 100);
  };
  logBalances();

  const reportOf = (order: VenueOrder): OrderReport => ({
    symbol,
    clientOrderId: order.clientOrderId,
    exchangeOrderId: String(order.id),
    side: order.side,
    status: order.status,
    quantity: quantity(order.quantity),
    filled: quantity(order.filled),
    updatedAt: epochMillis(now()),
  });
  const note = (event: VenueEvent): void => {
    if (event.kind === 'pair_started' || event.kind === 'pair_done') return;
    const report = reportOf(event.order);
    const log = orders.get(report.exchangeOrderId) ?? [];
    if (log.length === 0) orders.set(report.exchangeOrderId, log);
    log.push({ at: now(), value: report });
    if (isOpenStatus(report.status)) open.add(report.exchangeOrderId);
    else open.delete(report.exchangeOrderId);
    if (event.kind === 'trade') {
      const { trade } = event;
      const fill: Fill = {
        symbol,
        tradeId: String(trade.id),
        exchangeOrderId: String(trade.orderId),
        clientOrderId: trade.clientOrderId,
        side: trade.side,
        price: price(trade.price),
        quantity: quantity(trade.quantity),
        fee: trade.fee,
        feeAsset: trade.feeAsset,
        executedAt: epochMillis(now()),
      };
      trades.push(fill);
      options.onNews({ kind: 'fill', fill });
    }
    options.onNews({ kind: 'order', report });
  };
  const noteAll = (events: readonly VenueEvent[]): void => {
    for (const event of events) note(event);
    if (events.length > 0) logBalances();
  };
  const draftOf = (order: ApprovedOrder): OrderDraft => ({
    clientOrderId: order.clientOrderId,
    side: order.side,
    type: TYPES[order.type],
    timeInForce: order.timeInForce ?? 'gtc',
    quantity: order.quantity,
    ...(order.limitPrice ? { price: order.limitPrice } : {}),
    ...(order.stopPrice ? { stopPrice: order.stopPrice } : {}),
  });
  const fillsOf = (exchangeOrderId: string): readonly Fill[] =>
    trades.filter((fill) => fill.exchangeOrderId === exchangeOrderId);
  const openId = (clientOrderId: string): string | undefined => {
    for (const id of open) if (latest(id)?.clientOrderId === clientOrderId) return id;
    return undefined;
  };
  const latest = (id: string, time = Number.POSITIVE_INFINITY): OrderReport | undefined =>
    asOf(orders.get(id) ?? [], time);
  const stale = (lagMs: number): number => (lagMs > 0 ? now() - lagMs : Number.POSITIVE_INFINITY);

  const submit = (order: ApprovedOrder): SubmitOutcome => {
    const placed = venue.place(draftOf(order), epochMillis(now()));
    if (placed.outcome === 'refused') return { outcome: 'rejected', code: placed.reason, reason: placed.message };
    options.onAccepted(order.clientOrderId);
    noteAll(placed.events);
    const id = String(placed.order.id);
    return { outcome: 'acknowledged', report: latest(id) as OrderReport, fills: fillsOf(id) };
  };
  const cancel = (clientOrderId: string): CancelOutcome => {
    const id = openId(clientOrderId);
    if (id === undefined) return { outcome: 'not_open' };
    const ended = venue.cancel(Number(id), epochMillis(now()));
    if (!ended) return { outcome: 'not_open' };
    noteAll(Array.isArray(ended) ? ended : [ended]);
    return { outcome: 'cancelled', report: latest(id) as OrderReport };
  };

  return {
    rules,
    candles,
    trades,
    addCandle: (candle) => void candles.push(candle),
    move: (point) => noteAll(venue.moveTo(point)),
    top() {
      const bid = venue.book('bid', 1)[0];
      const ask = venue.book('ask', 1)[0];
      return bid && ask ? { bid, ask } : undefined;
    },
    submit,
    submitPair({ listClientOrderId, takeProfit, stopLoss }) {
      const placed = venue.placePair(
        { listClientOrderId, above: draftOf(takeProfit), below: draftOf(stopLoss) },
        epochMillis(now()),
      );
      if (placed.outcome === 'refused') return { outcome: 'rejected', code: placed.reason, reason: placed.message };
      for (const { clientOrderId } of [takeProfit, stopLoss]) options.onAccepted(clientOrderId);
      noteAll(placed.events);
      const report = (id: string): OrderReport => latest(openId(id) ?? '') as OrderReport;
      return {
        outcome: 'acknowledged',
        takeProfit: report(takeProfit.clientOrderId),
        stopLoss: report(stopLoss.clientOrderId),
      };
    },
    replace(cancelId, order) {
      const cancelled = cancel(cancelId);
      if (cancelled.outcome !== 'cancelled') return { outcome: 'kept', code: '-2011', reason: 'unknown order' };
      const placed = submit(order);
      const ended = { cancelled: cancelled.report };
      if (placed.outcome === 'acknowledged') return { ...placed, ...ended, outcome: 'replaced' };
      const { code, reason } = placed as { readonly code: string; readonly reason: string };
      return { outcome: 'cancelled_only', ...ended, code, reason };
    },
    cancel,
    isOpen: (id) => openId(id) !== undefined,
    openOrders(lagMs = 0) {
      const time = stale(lagMs);
      const found = lagMs > 0 ? [...orders.keys()] : [...open];
      return found
        .map((id) => latest(id, time))
        .filter((report): report is OrderReport => report !== undefined && isOpenStatus(report.status));
    },
    ordersSince(since, lagMs = 0) {
      const time = stale(lagMs);
      return [...orders.keys()]
        .map((id) => latest(id, time))
        .filter((report): report is OrderReport => report !== undefined && report.updatedAt >= since)
        .sort((a, b) => a.updatedAt - b.updatedAt || Number(a.exchangeOrderId) - Number(b.exchangeOrderId));
    },
    fillsSince(since, lagMs = 0) {
      const time = stale(lagMs);
      return trades
        .filter((fill) => fill.executedAt >= since && fill.executedAt <= time)
        .map(({ clientOrderId: _unsaid, ...fill }) => fill);
    },
    order(clientOrderId, lagMs = 0) {
      const time = stale(lagMs);
      let found: OrderReport | undefined;
      for (const log of orders.values())
        if (log[0]?.value.clientOrderId === clientOrderId) found = asOf(log, time) ?? found;
      return found;
    },
    balances: (lagMs = 0) => (lagMs > 0 ? (asOf(balanceLog, stale(lagMs)) ?? currentBalances()) : currentBalances()),
    transfersSince: (since, lagMs = 0) => transfers.filter(({ at }) => at >= since && at <= stale(lagMs)),
    transfer(asset, amount) {
      if (venue.balance(asset).free.plus(amount).lt(0)) return false;
      const transfer = venue.transfer(asset, amount, epochMillis(now()));
      transfers.push(transfer);
      logBalances();
      options.onNews({ kind: 'balance-change', asset, change: amount });
      return true;
    },
    total(asset) {
      const { free, locked } = venue.balance(asset);
      return free.plus(locked);
    },
  };
}
