import type { PriceId } from './aws-prices.ts';

/** Something a month's bill holds. */
export interface CostLine {
  /** What is paid for, in words. */
  readonly what: string;
  readonly price: PriceId;
  /** Usage a month, not priced units: requests, not millions of them. */
  readonly usage: number;
  /** `idle`: as long as it is deployed, whatever happens; `use`: by what happens. */
  readonly basis: 'idle' | 'use';
  /** How the usage came about. */
  readonly how: string;
}

/** AWS's own month. */
export const HOURS_A_MONTH = 730;
export const SECONDS_A_MONTH = HOURS_A_MONTH * 3_600;
export const MINUTES_A_MONTH = HOURS_A_MONTH * 60;
export const GIGABYTE = 1_000_000_000;
