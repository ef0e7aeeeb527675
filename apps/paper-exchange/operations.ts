import type { MarketRules } from '../../src/core/ports/exchange.ts';
import type { Account } from '../../src/core/simulation/account.ts';
import type { Venue } from '../../src/core/simulation/venue.ts';
import { badRequest } from './api-error.ts';
import type { Desk } from './desk.ts';
import type { MarketPlayer, MarketView } from './market-player.ts';
import { type Parameters, requiredText } from './parameters.ts';
import type { ExchangeStore } from './store.ts';

/** One market of the exchange. */
export interface Market {
  /** As Binance writes it: `BTCUSDT`. */
  readonly symbolId: string;
  readonly rules: MarketRules;
  readonly venue: Venue;
  readonly view: MarketView;
}

/** What the operations of the exchange's API work on. */
export interface ExchangeContext {
  /** By their ids, in the order they were named. */
  readonly markets: ReadonlyMap<string, Market>;
  readonly account: Account;
  readonly player: MarketPlayer;
  readonly store: ExchangeStore;
  readonly desk: Desk;
  readonly weightLimit: number;
  wallTime(): number;
}

/** One thing the API can be asked for, whichever way the request came. */
export interface Operation {
  readonly weight: number;
  /** `signed` needs key, signature and timestamp. */
  readonly security: 'none' | 'signed';
  /** @throws ApiError */
  run(parameters: Parameters, context: ExchangeContext): unknown;
}

/** @throws ApiError -1102 or -1121 */
export function requireMarket(parameters: Parameters, context: ExchangeContext): Market {
  const market = context.markets.get(requiredText(parameters, 'symbol'));
  if (!market) throw badRequest(-1121, 'Invalid symbol.');
  return market;
}

/** The market that was asked for, or all where none was named. @throws ApiError -1121 */
export function askedMarkets(parameters: Parameters, context: ExchangeContext): readonly Market[] {
  return parameters.symbol ? [requireMarket(parameters, context)] : [...context.markets.values()];
}
