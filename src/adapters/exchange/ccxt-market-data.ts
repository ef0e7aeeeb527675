import type { MarketData } from '../../core/ports/exchange.ts';
import { marketReads } from './market-reads.ts';
import { createVenue, type VenueOptions } from './venue.ts';

/** Binance spot's market over ccxt, read only: needs no keys, opens no socket, connects on first use. */
export function createCcxtMarketData(options: VenueOptions): MarketData {
  const venue = createVenue(options);
  return {
    ...marketReads(venue),
    close: () => venue.close(),
  };
}
