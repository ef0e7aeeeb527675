import { AresError } from '../ares-error.ts';
import type { Candle, Timeframe } from '../market-data/candle.ts';
import { timeframeMillis, timeframeOf } from '../market-data/timeframe.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { StreamMessage } from '../ports/exchange.ts';
import { decimal, type Price, type Quantity } from '../trading/money.ts';
import { PATH_POINTS, pathOffset, pathPoint } from './candle-path.ts';
import { createLongerBars, type LongerBars, longerBars } from './longer-bars.ts';
import type { Venue } from './venue.ts';
import type { VenueEvent } from './venue-order.ts';

type Tell = (message: StreamMessage) => void;

/** One market of a simulated exchange: plays bars on its venue and says what an exchange would say of them. */
export interface SimulatedMarket {
  readonly points: number;
  timeOf(candle: Candle, index: number): EpochMillis;
  /** Moves the venue to one point of the bar. */
  move(candle: Candle, index: number, tell: Tell | undefined): void;
  /** Whether the bar leaves every open order as it is, so that only its end matters. */
  isQuiet(candle: Candle): boolean;
  /** Ends the bar: the book's top and the bars that close with it. */
  close(candle: Candle, at: EpochMillis, tell: Tell | undefined): void;
  /** Which timeframes are told. */
  feed(timeframes: readonly Timeframe[]): void;
  /** @throws AresError `EXCHANGE_REFUSED` for a timeframe that is no multiple of the played one */
  checkTimeframe(timeframe: Timeframe): void;
  candles(timeframe: Timeframe, since: number | undefined, limit: number, now: number): readonly Candle[];
}

interface MarketOptions {
  readonly points: boolean;
  readonly moved: (symbol: string, events: readonly VenueEvent[]) => void;
}

function firstFrom(candles: readonly Candle[], time: number): number {
  let [low, high] = [0, candles.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((candles[middle] as Candle).openTime < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function createSimulatedMarket(
  venue: Venue,
  barMillis: number,
  history: readonly Candle[],
  { points, moved }: MarketOptions,
): SimulatedMarket {
  const { symbol } = venue.rules;
  const own = timeframeOf(barMillis);
  const played: Candle[] = [...history];
  let told: { readonly timeframe: Timeframe; readonly longer: LongerBars | undefined }[] = [];

  function checkTimeframe(timeframe: Timeframe): void {
    if (timeframeMillis(timeframe) % barMillis === 0) return;
    const must = `timeframe must be a multiple of ${own}, the bars that are played`;
    throw new AresError('EXCHANGE_REFUSED', `${must}, was "${timeframe}"`, { symbol, timeframe });
  }

  function longerFor(timeframe: Timeframe): LongerBars | undefined {
    if (timeframe === own) return undefined;
    const millis = timeframeMillis(timeframe);
    const longer = createLongerBars(barMillis, millis);
    const last = played.at(-1);
    // The bars of the one that is under way when somebody begins to listen.
    const start = last ? Math.floor((last.openTime + barMillis) / millis) * millis : 0;
    for (const candle of played.slice(firstFrom(played, start))) longer.add(candle);
    return longer;
  }

  function tellTop(at: EpochMillis, tell: Tell): void {
    const bid = venue.best('bid');
    const ask = venue.best('ask');
    if (!bid || !ask) return;
    tell({
      kind: 'book-top',
      symbol,
      bid: bid.price as Price,
      ask: ask.price as Price,
      bidQuantity: bid.quantity as Quantity,
      askQuantity: ask.quantity as Quantity,
      receivedAt: at,
    });
  }

  function tellPoint(candle: Candle, index: number, tell: Tell): void {
    const { at, price, traded = 0 } = pathPoint(candle, barMillis, index);
    const steps = Math.max(1, Math.floor(traded / Number(venue.rules.quantityStep)));
    const quantity = venue.rules.quantityStep.times(steps) as Quantity;
    tell({ kind: 'trade', symbol, price: decimal(String(price)) as Price, quantity, at, receivedAt: at });
    tellTop(at, tell);
  }

  function move(candle: Candle, index: number, tell: Tell | undefined): void {
    const events = venue.moveTo(pathPoint(candle, barMillis, index));
    if (events.length > 0) moved(symbol, events);
    if (points && tell) tellPoint(candle, index, tell);
  }

  return {
    points: PATH_POINTS,
    checkTimeframe,
    move,
    timeOf: (candle, index) => epochMillis(candle.openTime + pathOffset(barMillis, index)),
    isQuiet: ({ low, high }) => venue.isQuiet(low, high),
    close(candle, at, tell) {
      played.push(candle);
      if (!tell) {
        for (const { longer } of told) longer?.add(candle);
        return;
      }
      tellTop(at, tell);
      for (const { timeframe, longer } of told) {
        if (!longer) {
          tell({ kind: 'candle', symbol, timeframe, candle, at, closed: true, receivedAt: at });
          continue;
        }
        const { bar, closed } = longer.add(candle);
        if (closed) tell({ kind: 'candle', symbol, timeframe, candle: bar, at, closed: true, receivedAt: at });
      }
    },
    feed(timeframes) {
      told = timeframes.map((timeframe) => ({ timeframe, longer: longerFor(timeframe) }));
    },
    candles(timeframe, since, limit, now) {
      checkTimeframe(timeframe);
      const millis = timeframeMillis(timeframe);
      const from = since === undefined ? 0 : firstFrom(played, since);
      if (timeframe === own) {
        return since === undefined ? played.slice(-limit) : played.slice(from, from + limit);
      }
      const until = Math.max(now, (played.at(-1)?.openTime ?? 0) + barMillis);
      const longer = longerBars(played, millis, until).filter(({ openTime }) => openTime >= (since ?? 0));
      return since === undefined ? longer.slice(-limit) : longer.slice(0, limit);
    },
  };
}
