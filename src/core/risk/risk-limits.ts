import type { Decimal } from '../trading/money.ts';

/** Bounds of one slot, part of the live configuration. Money in quote currency, fractions of 1. */
export interface RiskLimits {
  readonly maxOrderNotional: Decimal;
  readonly maxPositionNotional: Decimal;
  /** Of all positions and open entries of one process on one account. */
  readonly maxGrossNotional: Decimal;
  /** Of all orders. */
  readonly maxOrdersPerSecond: number;
  /** Of orders that let the position grow. */
  readonly maxOrdersPerMinute: number;
  /** Losing round trips in a row after which nothing is entered for a while; 0: not used. */
  readonly maxConsecutiveLosses: number;
  /** In minutes of market time. */
  readonly coolDownMinutes: number;
  /** Largest distance between the exchange's wall clock and ours, in milliseconds. */
  readonly maxClockSkewMs: number;
  /** Loss since the UTC day's start, as a fraction of the equity then. */
  readonly dailyLossFraction: number;
  /** Loss since the highest equity. */
  readonly maxDrawdownFraction: number;
  /** Largest distance of an order's prices from the book's middle. */
  readonly priceCollarFraction: number;
  readonly maxSpreadFraction: number;
  /** Oldest market data, and oldest book, an order may be based on, in milliseconds of monotonic time. */
  readonly staleDataMs: number;
}
