import { readConfig } from '../../src/core/config/read-config.ts';
import type { InitialSettings } from '../../src/core/config/seed-config.ts';
import { linesOf, parseSlotId, type SlotId } from '../../src/core/models/slot.ts';
import type { LedgerReader } from '../../src/core/ports/ledger.ts';
import { type Decimal, decimal, ZERO } from '../../src/core/trading/money.ts';
import { readStoredBooks } from '../../src/core/trading/stored-books.ts';

/**
 * What a shadow trader's account holds at its start, by asset: what the books of its lines say, and the budget of a line that has none yet.
 *
 * Nothing outside of the process remembers that account, so the books are it; what was not in them when the process ended has never happened.
 */
export async function shadowBalances(
  slots: readonly SlotId[],
  initialSettings: InitialSettings | undefined,
  ledger: LedgerReader,
): Promise<Readonly<Record<string, string>>> {
  const { config, version } = await readConfig(ledger);
  const first = version === 0 ? initialSettings?.['strategy.quoteBudget'] : undefined;
  const budget = decimal(String(first ?? config.strategy.quoteBudget));
  const held = new Map<string, Decimal>();
  const add = (asset: string, amount: Decimal): void => void held.set(asset, (held.get(asset) ?? ZERO).plus(amount));
  for (const slot of slots) {
    const lines = linesOf(slot);
    for (const line of lines) {
      const [base, quote] = (parseSlotId(line).symbols[0] as string).split('/') as [string, string];
      const books = await readStoredBooks(ledger, line);
      if (books) {
        const { baseline, position, quoteFlow } = books.account;
        add(base, baseline.base.plus(position.quantity));
        add(quote, baseline.quote.plus(quoteFlow));
      } else {
        add(quote, budget.div(lines.length).round(8, 0));
      }
    }
  }
  return Object.fromEntries([...held].map(([asset, amount]) => [asset, amount.toFixed()]));
}
