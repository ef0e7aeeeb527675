import { candleFile } from '#port/candle-file';
import { AresError } from '../../src/core/ares-error.ts';
import { timeframeMillis } from '../../src/core/market-data/timeframe.ts';
import type { MarketRules } from '../../src/core/ports/exchange.ts';
import { type Account, createAccount } from '../../src/core/simulation/account.ts';
import { simulatedMarketRules } from '../../src/core/simulation/market-rules.ts';
import type { Venue } from '../../src/core/simulation/venue.ts';
import { createVenue, emptyVenue } from '../../src/core/simulation/venue.ts';
import { type CandleMarket, createCandleMarket } from './candle-market.ts';
import { createCandlePlayer } from './candle-player.ts';
import { createDesk } from './desk.ts';
import type { Faults } from './faults.ts';
import { readFrameFile } from './frame-file.ts';
import { createFramePlayer } from './frame-player.ts';
import { createFramePublisher, type FramePublisher } from './frame-publisher.ts';
import type { MarketPlayer, MarketPosition } from './market-player.ts';
import type { MarketStreams, SentFrames } from './market-streams.ts';
import type { ExchangeContext, Market } from './operations.ts';
import type { PaperExchangeOptions } from './options.ts';
import { type ExchangeStore, type MarketEvents, openExchangeStore } from './store.ts';

export interface OpenExchange {
  readonly context: ExchangeContext;
  readonly sent: SentFrames;
  /** Closing klines that somebody listened for, sent or kept back by a fault. */
  readonly tally: { readonly closings: number };
  readonly initialBalances: Readonly<Record<string, string>>;
  /** Lets the bars to come of a market (of all, where none is named) stand still without volume. */
  flatten(symbolId: string | undefined, bars: number): void;
}

/** A market before anything is played. */
interface Place {
  readonly symbolId: string;
  readonly rules: MarketRules;
  readonly venue: Venue;
  readonly publisher: FramePublisher;
}

interface Recording {
  readonly position: MarketPosition | undefined;
  readonly record: (moves: readonly MarketEvents[]) => void;
  readonly beforeBar: (index: number) => void;
}

const list = (text: string): readonly string[] => text.split(',').map((part) => part.trim());

function checkSymbols(symbols: readonly string[], files: number): void {
  if (new Set(symbols).size !== symbols.length) {
    throw new AresError('OPTIONS_INVALID', `--symbol must name each market once, was "${symbols.join(',')}"`);
  }
  if (files === 1 || files === symbols.length) return;
  throw new AresError(
    'OPTIONS_INVALID',
    `--data must name one file, or one for each of the ${symbols.length} symbols, named ${files}`,
  );
}

async function openCandleMarkets(
  data: string,
  places: readonly Place[],
): Promise<{ readonly markets: readonly CandleMarket[]; readonly barMillis: number; readonly name: string }> {
  const paths = list(data);
  checkSymbols(
    places.map(({ rules }) => rules.symbol),
    paths.length,
  );
  const read = new Map(
    await Promise.all([...new Set(paths)].map(async (path) => [path, await candleFile.read(path)] as const)),
  );
  const names: string[] = [];
  let barMillis = 0;
  const markets = places.map(({ symbolId, rules, venue, publisher }, index) => {
    const series = read.get(paths.length === 1 ? (paths[0] as string) : (paths[index] as string));
    if (!series) throw new AresError('OPTIONS_INVALID', `--data must name a file for ${rules.symbol}, named none`);
    const { candles, timeframe } = series;
    const millis = timeframeMillis(timeframe);
    if (barMillis !== 0 && millis !== barMillis) {
      const was = `${timeframe} for ${rules.symbol}`;
      throw new AresError('OPTIONS_INVALID', `the files of --data must have one timeframe, was ${was}`);
    }
    barMillis = millis;
    names.push(`${rules.symbol} ${timeframe} ${candles[0]?.openTime} ${candles.at(-1)?.openTime} ${candles.length}`);
    return createCandleMarket({ symbolId, candles, barMillis, venue, publisher });
  });
  return { markets, barMillis, name: names.join(', ') };
}

async function openPlayer(
  options: PaperExchangeOptions,
  places: readonly Place[],
  { position, record, beforeBar }: Recording,
): Promise<{ readonly player: MarketPlayer; readonly candles: readonly CandleMarket[] }> {
  const { liveFrom, frames } = options;
  if (frames === undefined) {
    const { markets, barMillis, name } = await openCandleMarkets(options.data as string, places);
    return {
      player: createCandlePlayer({ markets, barMillis, name, liveFrom, position, record, beforeBar }),
      candles: markets,
    };
  }
  const [first, ...others] = places as [Place, ...Place[]];
  const symbols = places.map(({ rules }) => rules.symbol);
  checkSymbols(symbols, 1);
  const recorded = await readFrameFile(frames, first.symbolId);
  const player = createFramePlayer({
    frames: recorded,
    markets: [first, ...others],
    symbol: symbols.join(','),
    position,
    record,
  });
  return { player, candles: [] };
}

function checkSameMarket(stored: string, market: string, path: string): void {
  if (stored === market) return;
  throw new AresError(
    'STATE_MISMATCH',
    `${path} must belong to the market "${market}", was made with "${stored}": use another data directory for another market`,
    {
      path,
    },
  );
}

function firstBalances(rules: readonly MarketRules[], quoteBalance: string): Record<string, string> {
  const balances = Object.fromEntries(rules.map(({ base }) => [base, '0']));
  for (const { quote } of rules) balances[quote] = quoteBalance;
  return balances;
}

/**
 * Puts account, venues, books and markets together, where an earlier run left them.
 *
 * @throws AresError `CANDLES_INVALID`, `FILE_UNREADABLE`, `LIVE_FROM_INVALID`, `SYMBOL_INVALID`, `FRAMES_INVALID`, `OPTIONS_INVALID`, `STATE_UNREADABLE`, `STATE_MISMATCH`
 */
export async function openExchange(
  options: PaperExchangeOptions,
  streams: MarketStreams,
  faults: Faults,
): Promise<OpenExchange> {
  const rulesOfAll = list(options.symbol).map(simulatedMarketRules);
  const path = options.state ?? ':memory:';
  const store: ExchangeStore = openExchangeStore(path);
  try {
    const stored = store.load();
    const initialBalances = stored?.initialBalances ?? firstBalances(rulesOfAll, options.quoteBalance);
    const account: Account = createAccount(
      stored?.account.balances ?? emptyVenue(initialBalances).balances,
      stored?.account.transfers,
    );
    const sent: SentFrames = { candles: 0, trades: 0, bookTops: 0 };
    const tally = { closings: 0 };
    const places = rulesOfAll.map((rules): Place => {
      const symbolId = rules.base + rules.quote;
      const venue = createVenue(rules, stored?.venues[symbolId] ?? emptyVenue(), { account });
      return { symbolId, rules, venue, publisher: createFramePublisher(symbolId, streams, venue, sent, tally, faults) };
    });
    const desk = createDesk({
      venues: new Map(places.map(({ symbolId, venue }) => [symbolId, venue])),
      account,
      store,
      initialBalances,
      market: () => player.market,
      position: () => player.position(),
      time: () => player.time(),
      distort: faults.distort,
      mayReuseIds: faults.mayReuseIds,
    });
    const position = stored && { played: stored.played, points: stored.points };
    const { record } = desk;
    const { player, candles } = await openPlayer(options, places, { position, record, beforeBar: faults.beforeBar });
    if (stored) checkSameMarket(stored.market, player.market, path);
    else record([]);
    const markets = new Map<string, Market>();
    for (const { symbolId, rules, venue } of places) {
      const view = player.views.get(symbolId);
      if (view) markets.set(symbolId, { symbolId, rules, venue, view });
    }
    const { weightLimit } = options;
    return {
      context: { markets, account, player, store, desk, weightLimit, wallTime: faults.wallTime },
      sent,
      tally,
      initialBalances,
      flatten(symbolId, bars) {
        for (const market of candles) if (symbolId === undefined || market.symbolId === symbolId) market.flatten(bars);
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
}
