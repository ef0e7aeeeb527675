import type { MarketRules } from '../../src/core/ports/exchange.ts';
import type { Venue } from '../../src/core/simulation/venue.ts';
import { badRequest } from './api-error.ts';
import type { Desk } from './desk.ts';
import type { MarketPlayer } from './market-player.ts';
import { type Parameters, requiredText } from './parameters.ts';
import type { ExchangeStore } from './store.ts';

/** What the operations of the exchange's API work on. */
export interface ExchangeContext {
  readonly symbolId: string;
  readonly rules: MarketRules;
  readonly venue: Venue;
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
export function requireSymbol(parameters: Parameters, context: ExchangeContext): void {
  if (requiredText(parameters, 'symbol') !== context.symbolId) throw badRequest(-1121, 'Invalid symbol.');
}

/** Like {@link requireSymbol} where the symbol may be left out. */
export function checkOptionalSymbol(parameters: Parameters, context: ExchangeContext): void {
  if (parameters.symbol) requireSymbol(parameters, context);
}
