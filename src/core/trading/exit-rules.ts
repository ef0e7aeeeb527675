import type { MarketRules } from '../ports/exchange.ts';
import type { ExitCause } from './decision.ts';
import type { ExitSettings } from './engine-settings.ts';
import { type Decimal, decimal, decimalOf, divide, floorToStep, type Price, price } from './money.ts';
import type { Position } from './position.ts';
import type { Holding } from './slot-account.ts';

/** Prices at which a position is left, on the market's price steps. */
export interface ExitLevels {
  /** At or below it; `null`: none. */
  readonly stop: Price | null;
  readonly stopCause: 'stop_loss' | 'trailing_stop';
  /** At or above it; `null`: none. */
  readonly takeProfit: Price | null;
}

const ONE = decimal('1');

/**
 * Where a position is left: stop-loss and take-profit from the average entry price, fees included; the trailing stop from the highest price since, so that it
 * only ever rises. The higher of the two stops counts.
 */
export function exitLevels(
  position: Position,
  holding: Holding,
  exits: ExitSettings,
  rules: Pick<MarketRules, 'priceStep'>,
): ExitLevels {
  const { stopLossFraction, takeProfitFraction, trailingStopFraction } = exits;
  const below = (from: Decimal, fraction: number): Price | null => {
    if (fraction === 0) return null;
    const level = floorToStep(from.times(ONE.minus(fraction)), rules.priceStep);
    return level.gt(0) ? price(level) : null;
  };
  const loss = stopLossFraction === 0 ? null : below(averageOf(position), stopLossFraction);
  const trailing = below(holding.highest, trailingStopFraction);
  const isTrailing = trailing !== null && (loss === null || trailing.gt(loss));
  return {
    stop: isTrailing ? trailing : loss,
    stopCause: isTrailing ? 'trailing_stop' : 'stop_loss',
    takeProfit:
      takeProfitFraction === 0
        ? null
        : price(ceilToStep(averageOf(position).times(ONE.plus(takeProfitFraction)), rules.priceStep)),
  };
}

/** A position is asked for its average at every bar and changes with fills only. */
const AVERAGE_DECIMALS = 12;
const averages = new WeakMap<Position, Decimal>();

function averageOf(position: Position): Decimal {
  const known = averages.get(position);
  if (known) return known;
  const average = divide(position.cost, position.quantity, AVERAGE_DECIMALS);
  averages.set(position, average);
  return average;
}

/** Whether there is any exit but the signal's. */
export const isWatched = ({
  stopLossFraction,
  takeProfitFraction,
  trailingStopFraction,
  maxHoldingBars,
}: ExitSettings): boolean =>
  stopLossFraction > 0 || takeProfitFraction > 0 || trailingStopFraction > 0 || maxHoldingBars > 0;

/** Which of the levels nobody else watches. */
export interface Watched {
  readonly stop: boolean;
  readonly takeProfit: boolean;
}

/** What a price means for a position: a stop is taken before a take-profit. */
export function touchedBy(
  at: { readonly lowest: Decimal | null; readonly sellable: Decimal | null },
  levels: ExitLevels,
  watched: Watched,
): ExitCause | null {
  if (watched.stop && levels.stop && at.lowest?.lte(levels.stop)) return levels.stopCause;
  if (watched.takeProfit && levels.takeProfit && at.sellable?.gte(levels.takeProfit)) return 'take_profit';
  return null;
}

export interface ClosedBar {
  readonly barClose: number;
  readonly barMillis: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/**
 * Why a position is left at a bar's close: its stop was touched within the bar, or is above the close now that the bar's high is known; before its take-profit
 * at the close; before the time limit.
 *
 * The bar's low is held against the stop as it was before the bar, because nothing says that the high came first.
 */
export function exitAtClose(
  bar: ClosedBar,
  of: { readonly position: Position; readonly holding: Holding; readonly watched: Watched },
  exits: ExitSettings,
  rules: Pick<MarketRules, 'priceStep'>,
): ExitCause | null {
  const { position, holding, watched } = of;
  const close = decimalOf(bar.close);
  const lowest = isHeldWhole(bar, holding) ? decimalOf(bar.low) : close;
  const touched = touchedBy({ lowest, sellable: null }, exitLevels(position, holding, exits, rules), watched);
  if (touched) return touched;
  const atClose = touchedBy(
    { lowest: close, sellable: close },
    exitLevels(position, { ...holding, highest: highestHeld(bar, holding) }, exits, rules),
    watched,
  );
  if (atClose) return atClose;
  const bars = (bar.barClose - holding.since) / bar.barMillis;
  return exits.maxHoldingBars > 0 && bars >= exits.maxHoldingBars ? 'time_limit' : null;
}

/** The highest price of a holding after a bar; of the bar in which a resting entry was filled only the close counts, because the high may have been before the fill. */
export function highestHeld(
  bar: Pick<ClosedBar, 'barClose' | 'barMillis' | 'high' | 'close'>,
  holding: Holding,
): Decimal {
  const high = decimalOf(isHeldWhole(bar, holding) ? bar.high : bar.close);
  return high.gt(holding.highest) ? high : holding.highest;
}

const isHeldWhole = (bar: Pick<ClosedBar, 'barClose' | 'barMillis'>, holding: Holding): boolean =>
  bar.barClose - bar.barMillis >= holding.since;

/** Share of the trailing distance below which a resting stop is not worth moving. */
const LEAST_MOVE = 0.05;

/** Whether a resting stop is far enough behind: at least a price step, and a twentieth of the trailing distance. A stop never falls. */
export function isWorthMoving(
  resting: Decimal,
  wanted: Decimal,
  highest: Decimal,
  exits: Pick<ExitSettings, 'trailingStopFraction'>,
  rules: Pick<MarketRules, 'priceStep'>,
): boolean {
  const move = wanted.minus(resting);
  return move.gte(rules.priceStep) && move.gte(highest.times(exits.trailingStopFraction).times(LEAST_MOVE));
}

function ceilToStep(amount: Decimal, step: Decimal): Decimal {
  const floor = floorToStep(amount, step);
  return floor.eq(amount) ? floor : floor.plus(step);
}
