import { AresError } from '../ares-error.ts';
import type { Candle } from '../market-data/candle.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { Balance, Exchange, Fill, OrderReport, StreamMessage, SubmitOutcome } from '../ports/exchange.ts';
import type { ApprovedOrder } from '../risk/approved-order.ts';
import { price, quantity } from '../trading/money.ts';
import { candlePath } from './candle-path.ts';
import type { Venue } from './venue.ts';
import type { VenueOrder, VenueTrade } from './venue-order.ts';

/** A venue inside the process, as the engine's exchange: what a backtest trades on. */
export interface SimulatedExchange extends Exchange {
  /** Market time of the last point played. */
  readonly now: EpochMillis;
  /** Plays one bar: its path moves the venue, then the book's top and the closed bar go to the listener. */
  play(candle: Candle): void;
}

const reportOf = (symbol: string, order: VenueOrder): OrderReport => ({
  symbol,
  clientOrderId: order.clientOrderId,
  exchangeOrderId: String(order.id),
  side: order.side,
  status: order.status,
  quantity: quantity(order.quantity),
  filled: quantity(order.filled),
  updatedAt: order.updatedAt,
});

const fillOf = (symbol: string, trade: VenueTrade): Fill => ({
  symbol,
  tradeId: String(trade.id),
  exchangeOrderId: String(trade.orderId),
  clientOrderId: trade.clientOrderId,
  side: trade.side,
  price: price(trade.price),
  quantity: quantity(trade.quantity),
  fee: trade.fee,
  feeAsset: trade.feeAsset,
  executedAt: trade.at,
});

/**
 * @param history closed bars before the first played one, for `candles`
 */
export function createSimulatedExchange(
  venue: Venue,
  barMillis: number,
  history: readonly Candle[],
): SimulatedExchange {
  const { rules } = venue;
  const { symbol } = rules;
  const played: Candle[] = [...history];
  const orders: OrderReport[] = [];
  const fills: Fill[] = [];
  let now = epochMillis(0);
  let listener: ((message: StreamMessage) => void) | undefined;

  const submit = (order: ApprovedOrder): SubmitOutcome => {
    const placed = venue.place(
      {
        clientOrderId: order.clientOrderId,
        side: order.side,
        type: order.type,
        timeInForce: 'gtc',
        quantity: order.quantity,
      },
      now,
    );
    if (placed.outcome === 'refused') return { outcome: 'rejected', code: placed.reason, reason: placed.message };
    const last = placed.events.at(-1)?.order ?? placed.order;
    const report = reportOf(symbol, last);
    const own = placed.events.flatMap((event) => (event.kind === 'trade' ? [fillOf(symbol, event.trade)] : []));
    orders.push(report);
    fills.push(...own);
    return { outcome: 'acknowledged', report, fills: own };
  };

  return {
    get now() {
      return now;
    },
    play(candle) {
      for (const point of candlePath(candle, barMillis)) {
        venue.moveTo(point);
        now = point.at;
      }
      played.push(candle);
      const bid = venue.book('bid')[0];
      const ask = venue.book('ask')[0];
      if (bid && ask)
        listener?.({ kind: 'book-top', symbol, bid: price(bid.price), ask: price(ask.price), receivedAt: now });
      listener?.({ kind: 'candle', symbol, candle, closed: true, receivedAt: now });
    },
    rules: async () => rules,
    serverTime: async () => now,
    candles: async ({ since, limit }) => {
      const from = since === undefined ? played : played.filter((candle) => candle.openTime >= since);
      return since === undefined ? from.slice(-limit) : from.slice(0, limit);
    },
    balances: async () => new Map<string, Balance>(venue.assets().map((asset) => [asset, venue.balance(asset)])),
    openOrders: async () => venue.openOrders().map((order) => reportOf(symbol, order)),
    ordersSince: async (_symbol, since) => orders.filter((order) => order.updatedAt >= since),
    fillsSince: async (_symbol, since) => fills.filter((fill) => fill.executedAt >= since),
    order: async (_symbol, id) => orders.findLast((order) => order.clientOrderId === id),
    submit: async (order) => submit(order),
    cancel: async (_symbol, id) => {
      const open = venue.openOrders().find((order) => order.clientOrderId === id);
      const event = open && venue.cancel(open.id, now);
      return event ? { outcome: 'cancelled', report: reportOf(symbol, event.order) } : { outcome: 'not_open' };
    },
    stream: async (_request, onMessage) => {
      if (listener) throw new AresError('STREAM_TAKEN', 'a simulated exchange must have one stream, had one already');
      listener = onMessage;
      return {
        close: async () => {
          listener = undefined;
        },
      };
    },
    close: async () => undefined,
  };
}
