import { AresError } from '../ares-error.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { Exchange, MarketRules, StreamMessage } from '../ports/exchange.ts';
import { createAccount } from './account.ts';
import type { MarketPoint } from './candle-path.ts';
import type { BookTop } from './order-book.ts';
import { createVenue, emptyVenue, type Venue } from './venue.ts';
import { createVenueAccount, VENUE_CAPABILITIES } from './venue-account.ts';

export interface ShadowExchangeOptions {
  /** Of every market that is traded, as the live exchange has them. */
  readonly rules: readonly MarketRules[];
  /** What the account begins with, by asset, as decimals. */
  readonly balances: Readonly<Record<string, string>>;
  /** Whether the account is told on the stream of what its own requests did, too. */
  readonly echo?: boolean;
}

/** What of a market was seen last. */
interface Seen {
  readonly venue: Venue;
  top: BookTop | undefined;
  price: number | undefined;
}

/**
 * The live market with an account inside the process: market data, rules and clock are those of `live`, orders are filled by a venue whose book is the live book's top
 * as it streams. Nothing is ever sent to the live exchange, and nothing is read of its account.
 *
 * There is no more to take than the top offers until it is renewed; a limit that rests fills when the top reaches it, or, after what stood before it, when the market trades at its price.
 * The account begins anew with each process.
 */
export function createShadowExchange(live: Exchange, options: ShadowExchangeOptions): Exchange {
  const account = createAccount(emptyVenue(options.balances).balances);
  const markets = new Map<string, Seen>();
  for (const rules of options.rules) {
    const venue = createVenue(rules, emptyVenue(), { account, queue: 'volume' });
    markets.set(rules.symbol, { venue, top: undefined, price: undefined });
  }
  let now = epochMillis(0);
  let listener: ((message: StreamMessage) => void) | undefined;
  const tell = (message: StreamMessage): void => listener?.(message);
  const venues = [...markets.values()].map(({ venue }) => venue);
  const desk = createVenueAccount(venues, tell, () => receivedAt, { echo: options.echo ?? false });
  let receivedAt = 0;

  function move(symbol: string, change: Partial<Pick<Seen, 'top' | 'price'>>, traded: number, volume: number): void {
    const seen = markets.get(symbol);
    if (!seen) return;
    Object.assign(seen, change);
    const { top, venue } = seen;
    const price = seen.price ?? (top && (top.bid + top.ask) / 2);
    if (price === undefined) return;
    const point: MarketPoint = { at: now, price, volume, traded, continuous: false, ...(top ? { top } : {}) };
    desk.moved(symbol, venue.moveTo(point));
  }

  const later = (at: EpochMillis): EpochMillis => epochMillis(Math.max(now, at));

  /** Lets the market move the venue, and hands on what is not about the live account. */
  function hear(message: StreamMessage): void {
    if (message.kind === 'order' || message.kind === 'fill' || message.kind === 'balance-change') return;
    if (message.kind !== 'connection') receivedAt = message.receivedAt;
    if (message.kind === 'book-top') {
      const { bid, ask, bidQuantity, askQuantity } = message;
      const top = {
        bid: Number(bid),
        ask: Number(ask),
        bidQuantity: Number(bidQuantity),
        askQuantity: Number(askQuantity),
      };
      move(message.symbol, { top }, 0, 0);
    } else if (message.kind === 'trade') {
      now = later(message.at);
      move(message.symbol, { price: Number(message.price) }, Number(message.quantity), 0);
    } else if (message.kind === 'candle') {
      now = later(message.at);
      move(message.symbol, { price: message.candle.close }, 0, message.candle.volume);
    }
    tell(message);
  }

  return {
    rules: (symbol) => live.rules(symbol),
    serverTime: () => live.serverTime(),
    candles: (request) => live.candles(request),
    close: () => live.close(),
    async capabilities(symbol) {
      const { orderTypes, pairs, replace } = await live.capabilities(symbol);
      return { ...VENUE_CAPABILITIES, orderTypes, pairs, replace };
    },
    balances: async () => desk.balances(),
    openOrders: async (symbol) => desk.openOrders(symbol),
    ordersSince: async (symbol, since) => desk.ordersSince(symbol, since),
    fillsSince: async (symbol, since) => desk.fillsSince(symbol, since),
    order: async (symbol, id) => desk.order(symbol, id),
    transfersSince: async (since) => desk.transfersSince(since),
    submit: async (order) => desk.submit(order, now),
    submitPair: async (pair) => desk.submitPair(pair, now),
    replace: async (id, order) => desk.replace(id, order, now),
    cancel: async (symbol, id) => desk.cancel(symbol, id, now),
    async stream(request, onMessage) {
      if (listener) throw new AresError('STREAM_TAKEN', 'a shadow exchange must have one stream, had one already');
      listener = onMessage;
      try {
        const stream = await live.stream(request, hear);
        return {
          async close() {
            await stream.close();
            listener = undefined;
          },
        };
      } catch (error) {
        listener = undefined;
        throw error;
      }
    },
  };
}
