import type { Json } from '../ports/ledger.ts';
import { decimal } from '../trading/money.ts';
import type { ConfigChange } from './config-diff.ts';
import type { LiveConfig } from './live-config.ts';

/** Which way a limit lets more happen. `higherOr0`: 0 switches it off, which is the loosest of all. */
type Direction = 'higher' | 'lower' | 'higherOr0' | 'engine';

type Field = {
  readonly [S in keyof LiveConfig]: `${S}.${Extract<keyof LiveConfig[S], string>}`;
}[keyof LiveConfig];

/**
 * Every setting that bounds what may happen to money, with the way that loosens it. A setting that is not here is none: what a strategy wants, when a model
 * is promoted, and when somebody is told.
 */
const DIRECTIONS: ReadonlyMap<string, Direction> = new Map<Field, Direction>([
  ['strategy.budgetFraction', 'higher'],
  ['strategy.quoteBudget', 'higher'],
  ['entry.maxSlippageFraction', 'higher'],
  ['entry.maxSpreadFraction', 'higher'],
  ['exits.stopLossFraction', 'higherOr0'],
  ['exits.trailingStopFraction', 'higherOr0'],
  ['exits.maxHoldingBars', 'higherOr0'],
  ['exits.protection', 'engine'],
  ['risk.maxOrderNotional', 'higher'],
  ['risk.maxPositionNotional', 'higher'],
  ['risk.maxGrossNotional', 'higher'],
  ['risk.maxOrdersPerSecond', 'higher'],
  ['risk.maxOrdersPerMinute', 'higher'],
  ['risk.maxConsecutiveLosses', 'higherOr0'],
  ['risk.coolDownMinutes', 'lower'],
  ['risk.maxClockSkewMs', 'higher'],
  ['risk.haltAfterDataSilenceMs', 'higher'],
  ['risk.haltAfterHeartbeatSilenceMs', 'higher'],
  ['risk.dailyLossFraction', 'higher'],
  ['risk.maxDrawdownFraction', 'higher'],
  ['risk.priceCollarFraction', 'higher'],
  ['risk.maxSpreadFraction', 'higher'],
  ['risk.staleDataMs', 'higher'],
  ['reconciliation.everySeconds', 'higher'],
]);

/** Of some changes, the fields that let more happen than before, in their order. */
export function loosenedLimits(changes: readonly ConfigChange[]): readonly string[] {
  return changes.filter(({ field, from, to }) => loosens(DIRECTIONS.get(field), from, to)).map(({ field }) => field);
}

function loosens(direction: Direction | undefined, from: Json, to: Json): boolean {
  switch (direction) {
    case undefined:
      return false;
    case 'engine':
      return to === 'engine';
    case 'lower':
      return isMore(from, to);
    case 'higher':
      return isMore(to, from);
    case 'higherOr0':
      return from !== 0 && (to === 0 || isMore(to, from));
  }
}

/** Money is text, everything else a number: both are exact as decimals. */
const isMore = (one: Json, other: Json): boolean => decimal(String(one)).gt(decimal(String(other)));
