import { candleFile } from '#port/candle-file';
import { AresError } from '../../src/core/ares-error.ts';
import { simulatedMarketRules } from '../../src/core/simulation/market-rules.ts';
import type { Venue } from '../../src/core/simulation/venue.ts';
import { createVenue, emptyVenue } from '../../src/core/simulation/venue.ts';
import { createCandlePlayer } from './candle-player.ts';
import { createDesk, type Desk } from './desk.ts';
import type { Faults } from './faults.ts';
import { readFrameFile } from './frame-file.ts';
import { createFramePlayer } from './frame-player.ts';
import { createFramePublisher, type FramePublisher } from './frame-publisher.ts';
import type { MarketPlayer, MarketPosition } from './market-player.ts';
import type { MarketStreams } from './market-streams.ts';
import type { ExchangeContext } from './operations.ts';
import type { PaperExchangeOptions } from './options.ts';
import { type ExchangeStore, openExchangeStore } from './store.ts';

export interface OpenExchange {
  readonly context: ExchangeContext;
  readonly publisher: FramePublisher;
  readonly initialBalances: Readonly<Record<string, string>>;
}

async function openPlayer(
  options: PaperExchangeOptions,
  venue: Venue,
  publisher: FramePublisher,
  position: MarketPosition | undefined,
  record: Desk['record'],
): Promise<MarketPlayer> {
  const { symbol, liveFrom, frames } = options;
  if (frames !== undefined) {
    const recorded = await readFrameFile(frames, venue.rules.base + venue.rules.quote);
    return createFramePlayer({ frames: recorded, symbol, position, venue, publisher, record });
  }
  const series = await candleFile.read(options.data as string);
  return createCandlePlayer({ series, symbol, liveFrom, position, venue, publisher, record });
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

/**
 * Puts venue, books and market together, where an earlier run left them.
 *
 * @throws AresError `CANDLES_INVALID`, `FILE_UNREADABLE`, `LIVE_FROM_INVALID`, `SYMBOL_INVALID`, `FRAMES_INVALID`, `STATE_UNREADABLE`, `STATE_MISMATCH`
 */
export async function openExchange(
  options: PaperExchangeOptions,
  streams: MarketStreams,
  faults: Faults,
): Promise<OpenExchange> {
  const rules = simulatedMarketRules(options.symbol);
  const symbolId = rules.base + rules.quote;
  const path = options.state ?? ':memory:';
  const store: ExchangeStore = openExchangeStore(path);
  try {
    const stored = store.load();
    const initialBalances = stored?.initialBalances ?? { [rules.base]: '0', [rules.quote]: options.quoteBalance };
    const venue = createVenue(rules, stored?.venue ?? emptyVenue(initialBalances));
    const publisher = createFramePublisher(symbolId, streams, venue);
    const desk = createDesk({
      symbolId,
      venue,
      store,
      initialBalances,
      market: () => player.market,
      position: () => player.position(),
      time: () => player.time(),
    });
    const position = stored && { played: stored.played, points: stored.points };
    const player = await openPlayer(options, venue, publisher, position, desk.record);
    if (stored) checkSameMarket(stored.market, player.market, path);
    else desk.record([]);
    const { weightLimit } = options;
    const context = { symbolId, rules, venue, player, store, desk, weightLimit, wallTime: faults.wallTime };
    return { context, publisher, initialBalances };
  } catch (error) {
    store.close();
    throw error;
  }
}
