import { type Decimal, decimal } from '../trading/money.ts';
import type { RiskLimits } from './risk-limits.ts';

/** Fractions as decimals, so that a limit compares exactly. */
export interface ExactLimits {
  readonly collar: Decimal;
  /** 1 − collar. */
  readonly lowest: Decimal;
  /** 1 + collar. */
  readonly highest: Decimal;
  readonly spread: Decimal;
  /** What must be left of the day's first equity. */
  readonly keptOfDay: Decimal;
  /** What must be left of the highest equity. */
  readonly keptOfPeak: Decimal;
}

const ONE = decimal('1');

/** Limits change when somebody changes them; orders are checked all the time. */
const known = new WeakMap<RiskLimits, ExactLimits>();

export function exactLimits(limits: RiskLimits): ExactLimits {
  const before = known.get(limits);
  if (before) return before;
  const exact = (fraction: number): Decimal => decimal(String(fraction));
  const collar = exact(limits.priceCollarFraction);
  const made: ExactLimits = {
    collar,
    lowest: ONE.minus(collar),
    highest: ONE.plus(collar),
    spread: exact(limits.maxSpreadFraction),
    keptOfDay: ONE.minus(exact(limits.dailyLossFraction)),
    keptOfPeak: ONE.minus(exact(limits.maxDrawdownFraction)),
  };
  known.set(limits, made);
  return made;
}
