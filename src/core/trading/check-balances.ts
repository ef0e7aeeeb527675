import type { Transfer } from '../ports/exchange.ts';
import { type AccountTotals, readAccountTotals, sumOf, type TotalsOf, type TotalsPorts } from './account-totals.ts';
import type { Decimal } from './money.ts';
import { explaining } from './transfers.ts';

export interface BalanceDifference {
  readonly asset: string;
  readonly expected: Decimal;
  readonly actual: Decimal;
}

export type BalanceCheck =
  | { readonly outcome: 'match' }
  /** With these in its baseline the line's books are what the exchange has: `mine` are this line's already, `free` are still to be claimed. */
  | { readonly outcome: 'transfers'; readonly mine: readonly Transfer[]; readonly free: readonly Transfer[] }
  /** Something changed while it was read: nothing is known. */
  | { readonly outcome: 'inconclusive'; readonly reason: string }
  | { readonly outcome: 'mismatch'; readonly differences: readonly BalanceDifference[] };

/**
 * Compares what the books of a line say with the balances of its account.
 *
 * The base currency belongs to the line: baseline and position make up its total. The quote currency is shared by all lines of the account that trade
 * against it: their baselines and cash flows make up its total together.
 *
 * @throws whatever a read throws: what cannot be read is never "equal"
 */
export async function checkBalances(of: TotalsOf, ports: TotalsPorts): Promise<BalanceCheck> {
  // Deposits and withdrawals are asked for when there is something to explain.
  const seen = compare(of, await readAccountTotals(of, ports, { transfers: false }));
  return seen.outcome === 'mismatch' ? compare(of, await readAccountTotals(of, ports)) : seen;
}

function compare(of: TotalsOf, totals: AccountTotals): BalanceCheck {
  if (totals.outcome === 'inconclusive') return totals;
  const { account, transfers, quoteOfOthers } = totals;
  const { base, quote } = of.rules;
  const differences: BalanceDifference[] = [];
  const free: Transfer[] = [];
  for (const [asset, booked, actual] of [
    [base, account.baseline.base.plus(account.position.quantity), totals.base],
    [quote, account.baseline.quote.plus(account.quoteFlow).plus(quoteOfOthers), totals.quote],
  ] as const) {
    const expected = booked.plus(sumOf(asset, transfers.mine));
    if (expected.eq(actual)) continue;
    const found = explaining(actual.minus(expected), asset, transfers.free);
    if (found.length > 0) free.push(...found);
    else differences.push({ asset, expected, actual });
  }
  if (differences.length > 0) return { outcome: 'mismatch', differences };
  const { mine } = transfers;
  return mine.length + free.length > 0 ? { outcome: 'transfers', mine, free } : { outcome: 'match' };
}

export const differenceText = ({ asset, expected, actual }: BalanceDifference): string =>
  `balance of ${asset} must be ${expected.toFixed()}, was ${actual.toFixed()}`;
