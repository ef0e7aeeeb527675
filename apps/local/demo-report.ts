import { createHash } from 'node:crypto';
import { queryAudit } from '../../src/core/audit/query-audit.ts';
import { verifyAudit } from '../../src/core/audit/verify-audit.ts';
import { keys } from '../../src/core/ledger-keys.ts';
import { parseSlotId, type SlotId } from '../../src/core/models/slot.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import type { ExchangeBooks, ReplayStatus } from '../../src/core/ports/replay-control.ts';
import { decisionLine } from '../../src/core/trading/decision.ts';
import { decimal, ZERO } from '../../src/core/trading/money.ts';
import { equityOf, parseAccount } from '../../src/core/trading/slot-account.ts';

/** What a demonstration shows; amounts are decimal text in quote currency unless said otherwise. */
export interface DemoReport {
  readonly candles: number;
  readonly candlesSent: number;
  readonly candlesProcessed: number;
  /** Candles and trades that were sent and not processed. */
  readonly ticksDropped: number;
  /** Book tops that were replaced by newer ones before they were looked at. */
  readonly ticksConflated: number;
  readonly trades: number;
  readonly realisedPnl: string;
  /** All fees at the price of their fill. */
  readonly fees: string;
  readonly equity: string;
  readonly modelsPromoted: number;
  readonly modelsInferior: number;
  readonly hotSwaps: number;
  readonly rollbacks: number;
  readonly eventsByType: Readonly<Record<string, number>>;
  readonly auditEntries: number;
  readonly auditValid: boolean;
  readonly positionMatchesExchange: boolean;
  readonly balanceMatchesExchange: boolean;
  /** SHA-256 over every decision: bar, model, probability, signal, order. */
  readonly decisionsHash: string;
}

export async function reportDemo(
  run: {
    readonly slot: SlotId;
    readonly candles: number;
    readonly budget: string;
    readonly status: ReplayStatus;
    readonly books: ExchangeBooks;
    readonly eventsByType: Readonly<Record<string, number>>;
  },
  ledger: Ledger,
): Promise<DemoReport> {
  const { slot, status, books } = run;
  const [base, quote] = (parseSlotId(slot).symbols[0] as string).split('/') as [string, string];
  const stored = await ledger.get(keys.account(slot));
  if (!stored) throw new Error(`the trader must have opened the books of ${slot}, had not`);
  const account = parseAccount(stored.value);
  const decisions = await readAll(ledger, keys.decision(slot, 0).pk);
  const fills = await readAll(ledger, keys.fill(slot, 0, '').pk);
  const mark = decimal(String(decisions.at(-1)?.close ?? 0));
  const fees = fills.reduce(
    (sum, fill) => sum.plus(decimal(String(fill.fee)).times(fill.feeAsset === base ? decimal(String(fill.price)) : 1)),
    ZERO,
  );
  const audit = await countAudit(ledger);
  const verified = await verifyAudit(ledger);
  const total = (asset: string) => {
    const held = books.balances[asset];
    return held ? decimal(held.free).plus(held.locked) : ZERO;
  };
  const acknowledged = status.acknowledged ?? { candles: 0, trades: 0, bookTops: 0 };
  return {
    candles: run.candles,
    candlesSent: status.sent.candles,
    candlesProcessed: acknowledged.candles,
    ticksDropped: status.sent.candles + status.sent.trades - acknowledged.candles - acknowledged.trades,
    ticksConflated: status.sent.bookTops - acknowledged.bookTops,
    trades: account.trades,
    realisedPnl: account.realisedPnl.toFixed(8),
    fees: fees.toFixed(8),
    equity: equityOf(account, decimal(run.budget), mark).toFixed(8),
    modelsPromoted: audit.ModelPromoted ?? 0,
    modelsInferior: audit.CandidateEvaluated ?? 0,
    // The first model has nothing to be swapped for.
    hotSwaps: Math.max(0, (audit.ModelSwapped ?? 0) - 1),
    rollbacks: audit.ModelRolledBack ?? 0,
    eventsByType: run.eventsByType,
    auditEntries: Object.values(audit).reduce((sum, count) => sum + count, 0),
    auditValid: verified.valid,
    positionMatchesExchange: total(base).eq(account.baseline.base.plus(account.position.quantity)),
    balanceMatchesExchange: total(quote).eq(account.baseline.quote.plus(account.quoteFlow)),
    decisionsHash: createHash('sha256')
      .update(decisions.map((decision) => decisionLine(decision as never)).join('\n'))
      .digest('hex'),
  };
}

async function readAll(ledger: Ledger, pk: string): Promise<Record<string, unknown>[]> {
  const values: Record<string, unknown>[] = [];
  let after: string | undefined;
  do {
    const page = await ledger.query({ table: 'state', pk, limit: 1_000, ...(after ? { after } : {}) });
    values.push(...page.items.map((item) => item.value));
    after = page.next;
  } while (after);
  return values;
}

async function countAudit(ledger: Ledger): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  let after: string | undefined;
  do {
    const page = await queryAudit(ledger, { limit: 1_000, ...(after ? { after } : {}) });
    for (const entry of page.entries) counts[entry.eventType] = (counts[entry.eventType] ?? 0) + 1;
    after = page.next;
  } while (after);
  return counts;
}
