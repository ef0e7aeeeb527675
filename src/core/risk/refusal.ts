export type RiskRule =
  | 'halted'
  | 'reducing'
  | 'malformed'
  | 'order-size'
  | 'duplicate'
  | 'oversell'
  | 'order-burst'
  | 'stale-data'
  | 'clock-skew'
  | 'no-book'
  | 'crossed-book'
  | 'stale-book'
  | 'spread'
  | 'collar'
  | 'stop-price'
  | 'profit-price'
  | 'order-notional'
  | 'position-notional'
  | 'gross-notional'
  | 'order-rate'
  | 'daily-loss'
  | 'drawdown'
  | 'cool-down';

/** Why an order is not sent. */
export interface Refusal {
  readonly outcome: 'refused';
  readonly rule: RiskRule;
  /** What must be and what was. */
  readonly reason: string;
}

export const refuse = (rule: RiskRule, reason: string): Refusal => ({ outcome: 'refused', rule, reason });
