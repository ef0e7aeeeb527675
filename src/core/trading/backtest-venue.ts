import { AresError } from '../ares-error.ts';
import type { MarketRules } from '../ports/exchange.ts';
import { simulatedMarketRules } from '../simulation/market-rules.ts';
import type { QueueModel } from '../simulation/matching.ts';
import { decimal } from './money.ts';

/** What the simulated exchange of a backtest is like, where it is not as usual. */
export interface BacktestVenue {
  /** Fractions of what is received; those of the market's rules when absent. */
  readonly takerFee?: number;
  readonly makerFee?: number;
  /** From sending an order, a cancel or a replacement to its effect, in milliseconds of market time; 0 when absent. */
  readonly latencyMs?: number;
  /** When resting limits fill; `none`, as on the paper exchange, when absent. */
  readonly queue?: QueueModel;
}

export const DEFAULT_QUEUE: QueueModel = 'none';

/** @throws AresError `BACKTEST_VENUE`, `SYMBOL_INVALID` */
export function backtestRules(symbol: string, { takerFee, makerFee }: BacktestVenue): MarketRules {
  const rules = simulatedMarketRules(symbol);
  const fee = (name: string, value: number | undefined) => {
    if (value === undefined) return undefined;
    if (value >= 0 && value < 1) return decimal(String(value));
    throw new AresError('BACKTEST_VENUE', `${name} must be a fraction from 0 to below 1, was ${value}`, {
      [name]: value,
    });
  };
  return {
    ...rules,
    takerFee: fee('takerFee', takerFee) ?? rules.takerFee,
    makerFee: fee('makerFee', makerFee) ?? rules.makerFee,
  };
}
