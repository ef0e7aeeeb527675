import type { EpochMillis } from '../ports/clock.ts';
import type { Side } from '../ports/exchange.ts';
import type { JsonObject } from '../ports/ledger.ts';
import type { Signal } from './strategy.ts';

/** Why a position is left. */
export type ExitCause = 'signal' | 'stop_loss' | 'trailing_stop' | 'take_profit' | 'time_limit';

/** What the trader concluded from one closed bar, and why. */
export interface Decision {
  readonly barClose: EpochMillis;
  readonly close: number;
  readonly runId: string | null;
  readonly modelHash: string | null;
  /** `null` when there was no model or not enough history. */
  readonly probability: number | null;
  readonly signal: Signal | null;
  readonly action: 'order' | 'none' | 'refused';
  /** Why there was no order; empty for an order. */
  readonly reason: string;
  /** What makes the trader leave; `null` unless a sale is wanted. */
  readonly exitCause: ExitCause | null;
  readonly clientOrderId: string | null;
  readonly side: Side | null;
  readonly quantity: string | null;
}

export const decisionToJson = (decision: Decision): JsonObject => ({ ...decision });

/** One line a decision, the same for the same inputs: what a hash over a run's decisions is made of. */
export function decisionLine(
  decision: Pick<Decision, 'barClose' | 'modelHash' | 'probability' | 'signal' | 'action' | 'side' | 'quantity'>,
): string {
  const { barClose, modelHash, probability, signal, action, side, quantity } = decision;
  return [barClose, modelHash, probability, signal, action, side, quantity].map((part) => part ?? '-').join(' ');
}
