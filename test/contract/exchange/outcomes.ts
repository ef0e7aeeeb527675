import type { Fill, PairOutcome, ReplaceOutcome, SubmitOutcome } from '../../../src/core/ports/exchange.ts';
import { type Decimal, ZERO } from '../../../src/core/trading/money.ts';

function must<O extends { readonly outcome: string }, K extends O['outcome']>(
  outcome: O,
  kind: K,
): Extract<O, { outcome: K }> {
  if (outcome.outcome !== kind) throw new Error(`must be ${kind}, was ${JSON.stringify(outcome)}`);
  return outcome as Extract<O, { outcome: K }>;
}

export const acknowledged = (outcome: SubmitOutcome) => must(outcome, 'acknowledged');
export const resting = (outcome: PairOutcome) => must(outcome, 'acknowledged');
export const replaced = (outcome: ReplaceOutcome) => must(outcome, 'replaced');

export const totalOf = (fills: readonly Fill[]): Decimal => fills.reduce((sum, fill) => sum.plus(fill.quantity), ZERO);
