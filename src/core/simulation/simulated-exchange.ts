import { AresError } from '../ares-error.ts';
import type { Candle, Timeframe } from '../market-data/candle.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { Exchange, Feed, MarketCapabilities, StreamMessage, Transfer } from '../ports/exchange.ts';
import type { Decimal } from '../trading/money.ts';
import { createArrivals } from './arrivals.ts';
import { PATH_POINTS, pathPoint } from './candle-path.ts';
import { createSimulatedMarket, type SimulatedMarket } from './simulated-market.ts';
import type { Venue } from './venue.ts';
import { createVenueAccount, VENUE_CAPABILITIES, type VenueAccountOptions } from './venue-account.ts';

/** Venues inside the process, as the engine's exchange: what a backtest trades on. */
export interface SimulatedExchange extends Exchange {
  /** Market time: the close of the last bar played, or the last point inside one. */
  readonly now: EpochMillis;
  /** Orders and cancellations on their way; none without latency. */
  readonly inFlight: number;
  /** Plays one bar of one market (the first, where none is named): its path moves the venue, then the book's top and the closed bars go to the listener. */
  play(candle: Candle, symbol?: string): void;
  /** Plays one bar of each market together, point by point, then tells the closed bars of all. */
  playAll(bars: ReadonlyMap<string, Candle>): void;
  /** The same, waiting for `settle` after each order that arrives on the way: where there is latency. */
  playSlowly(bars: ReadonlyMap<string, Candle>, settle: () => Promise<void>): Promise<void>;
  /** Resolves when something is on its way: what was sent is answered only when the market has moved on. */
  sent(): Promise<void>;
  /** A deposit (above 0) or a withdrawal (below 0) now, told on the stream. @throws AresError `TRANSFER_INVALID`, `BALANCE_NEGATIVE` */
  transfer(asset: string, amount: Decimal): Transfer;
}

export interface SimulatedExchangeOptions extends VenueAccountOptions {
  /** Market time between sending an order (or a cancellation) and its arrival. */
  readonly latencyMs?: number;
  /** Tells a trade, a book top and the unfinished bars at each of a bar's four points, as an exchange does, and not only what stands at the close. */
  readonly points?: boolean;
}

/** One market of a simulated exchange. */
export interface MarketStart {
  readonly venue: Venue;
  /** Closed bars before the first played one, for `candles`. */
  readonly history: readonly Candle[];
}

/**
 * An exchange of several markets on one account: their venues share it.
 *
 * @param barMillis of the bars that are played; feeds may ask for multiples of it
 */
export function createSimulatedMarkets(
  starts: readonly MarketStart[],
  barMillis: number,
  options: SimulatedExchangeOptions = {},
): SimulatedExchange {
  const { latencyMs = 0, points = false } = options;
  const capabilities: MarketCapabilities = { ...VENUE_CAPABILITIES, ...options.capabilities };
  let now = epochMillis(0);
  let listener: ((message: StreamMessage) => void) | undefined;

  const tell = (message: StreamMessage): void => listener?.(message);
  const venues = starts.map(({ venue }) => venue);
  const account = createVenueAccount(venues, tell, () => now, options);
  const markets = new Map<string, SimulatedMarket>();
  for (const { venue, history } of starts) {
    const last = history.at(-1);
    // A market that has a past has a price: it stands at its last close.
    if (last && venue.lastPrice() === undefined) {
      venue.moveTo({ ...pathPoint(last, barMillis, PATH_POINTS - 1), continuous: false });
      now = epochMillis(Math.max(now, last.openTime + barMillis));
    }
    markets.set(venue.rules.symbol, createSimulatedMarket(venue, barMillis, history, { points, moved: account.moved }));
  }
  const arrivals = createArrivals(latencyMs);

  function market(symbol: string): SimulatedMarket {
    account.venue(symbol);
    return markets.get(symbol) as SimulatedMarket;
  }

  /** Does what has arrived before a moment; returns whether there was something. */
  function arriveBefore(moment: number): boolean {
    const arrival = arrivals.next(moment);
    if (!arrival) return false;
    now = epochMillis(Math.max(now, arrival.due));
    arrival.run();
    return true;
  }

  const heard = (): typeof tell | undefined => (listener ? tell : undefined);

  function close(one: SimulatedMarket, candle: Candle): void {
    now = epochMillis(candle.openTime + barMillis);
    one.close(candle, now, heard());
  }

  function playOne(one: SimulatedMarket, candle: Candle): void {
    if (arrivals.size === 0 && !points && one.isQuiet(candle)) {
      one.move(candle, one.points - 1, undefined);
    } else {
      for (let index = 0; index < one.points; index++) {
        const at = one.timeOf(candle, index);
        while (arriveBefore(at));
        now = at;
        one.move(candle, index, heard());
      }
      while (arriveBefore(candle.openTime + barMillis));
    }
    close(one, candle);
  }

  async function playSlowly(bars: ReadonlyMap<string, Candle>, settle: () => Promise<void>): Promise<void> {
    const playing = [...bars].map(([symbol, candle]) => ({ one: market(symbol), candle }));
    const [first] = playing;
    if (!first) return;
    const arriveAll = async (moment: number): Promise<void> => {
      while (arriveBefore(moment)) await settle();
    };
    for (let index = 0; index < first.one.points; index++) {
      const at = first.one.timeOf(first.candle, index);
      await arriveAll(at);
      now = at;
      for (const { one, candle } of playing) one.move(candle, index, heard());
    }
    await arriveAll(first.candle.openTime + barMillis);
    for (const { one, candle } of playing) close(one, candle);
  }

  function playAll(bars: ReadonlyMap<string, Candle>): void {
    const playing = [...bars].map(([symbol, candle]) => ({ one: market(symbol), candle }));
    const [first] = playing;
    if (!first) return;
    for (let index = 0; index < first.one.points; index++) {
      const at = first.one.timeOf(first.candle, index);
      while (arriveBefore(at));
      now = at;
      for (const { one, candle } of playing) one.move(candle, index, heard());
    }
    while (arriveBefore(first.candle.openTime + barMillis));
    for (const { one, candle } of playing) close(one, candle);
  }

  const send = <T>(run: (at: EpochMillis) => T): Promise<T> => arrivals.send(() => run(now), now);

  function checkFeeds(feeds: readonly Feed[]): void {
    for (const { symbol, timeframe } of feeds) market(symbol).checkTimeframe(timeframe);
  }

  return {
    get now() {
      return now;
    },
    get inFlight() {
      return arrivals.size;
    },
    play(candle, symbol) {
      const one = symbol === undefined ? markets.values().next().value : market(symbol);
      if (one) playOne(one, candle);
    },
    playAll,
    playSlowly,
    sent: () => arrivals.sent(),
    transfer(asset, amount) {
      const [venue] = venues;
      if (!venue) throw new AresError('EXCHANGE_REFUSED', 'an exchange must have a market, had none');
      const transfer = venue.transfer(asset, amount, now);
      tell({ kind: 'balance-change', asset, change: amount, at: now, receivedAt: now });
      return transfer;
    },
    rules: async (symbol) => account.venue(symbol).rules,
    capabilities: async (symbol) => {
      account.venue(symbol);
      return capabilities;
    },
    serverTime: async () => now,
    candles: async ({ symbol, timeframe, since, limit }) => market(symbol).candles(timeframe, since, limit, now),
    balances: async () => account.balances(),
    openOrders: async (symbol) => account.openOrders(symbol),
    ordersSince: async (symbol, since) => account.ordersSince(symbol, since),
    fillsSince: async (symbol, since) => account.fillsSince(symbol, since),
    order: async (symbol, id) => account.order(symbol, id),
    transfersSince: async (since) => account.transfersSince(since),
    submit: (order) => send((at) => account.submit(order, at)),
    submitPair: (pair) => send((at) => account.submitPair(pair, at)),
    replace: (id, order) => send((at) => account.replace(id, order, at)),
    cancel: (symbol, id) => send((at) => account.cancel(symbol, id, at)),
    stream: async ({ feeds }, onMessage) => {
      if (listener) throw new AresError('STREAM_TAKEN', 'a simulated exchange must have one stream, had one already');
      checkFeeds(feeds);
      for (const [symbol, one] of markets) one.feed(timeframesOf(feeds, symbol));
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

const timeframesOf = (feeds: readonly Feed[], symbol: string): readonly Timeframe[] =>
  feeds.filter((feed) => feed.symbol === symbol).map(({ timeframe }) => timeframe);

/**
 * An exchange of one market.
 *
 * @param history closed bars before the first played one, for `candles`
 */
export const createSimulatedExchange = (
  venue: Venue,
  barMillis: number,
  history: readonly Candle[],
  options: SimulatedExchangeOptions = {},
): SimulatedExchange => createSimulatedMarkets([{ venue, history }], barMillis, options);
