import * as z from 'zod';
import type { LiveConfig } from '../config/live-config.ts';
import { keys } from '../ledger-keys.ts';
import { linesOf, type SlotId } from '../models/slot.ts';
import { raisedAlerts } from '../performance/alert-item.ts';
import { readPerformance } from '../performance/performance-record.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { readDeployment } from '../promotion/deployment.ts';
import { type Decimal, decimal } from '../trading/money.ts';
import { equityOf, parseAccount, type SlotAccount } from '../trading/slot-account.ts';
import type { Measurement } from './check-result.ts';
import { compare } from './measure.ts';

/** The checks of one slot. */
export const slotChecks = (slot: SlotId) =>
  ({
    trader: `trader:${slot}`,
    errorRate: `error-rate:${slot}`,
    model: `model:${slot}`,
    drawdown: `drawdown:${slot}`,
    dayLoss: `day-loss:${slot}`,
  }) as const;

/** The production model's last figures; degraded while one of its performance alerts is raised. */
export async function checkModel(
  slot: SlotId,
  config: LiveConfig,
  ledger: LedgerReader,
): Promise<readonly Measurement[]> {
  const what = {
    name: slotChecks(slot).model,
    unit: 'None',
    dimensions: { slot },
    threshold: config.performance.accuracy,
  } as const;
  const { championRunId: runId } = await readDeployment(ledger, slot);
  if (runId === null) return [{ ...what, status: 'healthy', value: null, reason: 'no model is in production yet' }];
  const [latest] = await readPerformance(ledger, slot, runId, 1);
  const value = latest?.accuracy ?? null;
  const alerts = (await raisedAlerts(ledger, slot)).filter((alert) => alert.runId === runId);
  if (alerts.length === 0) {
    return [{ ...what, status: 'healthy', value, reason: latest ? '' : 'not measured yet' }];
  }
  const lines = alerts.map(
    (alert) => `${alert.metric} must be at least ${alert.threshold}, was ${alert.value ?? 'missing'}`,
  );
  return [{ ...what, status: 'degraded', value, reason: `${runId}: ${lines.join('; ')}` }];
}

/** What the slot has lost since its highest equity and since the day's start, marked at the last decided close; of several markets the one that lost most, as each has limits of its own. */
export async function checkTrading(
  slot: SlotId,
  config: LiveConfig,
  ledger: LedgerReader,
): Promise<readonly Measurement[]> {
  const { drawdown, dayLoss } = slotChecks(slot);
  const { maxDrawdownFraction, dailyLossFraction } = config.risk;
  const limits = [
    { name: drawdown, atLeast: -maxDrawdownFraction, of: (account: SlotAccount) => account.peakEquity },
    { name: dayLoss, atLeast: -dailyLossFraction, of: (account: SlotAccount) => account.dayStartEquity },
  ];
  const lines = linesOf(slot);
  const budget = decimal(config.strategy.quoteBudget).div(lines.length);
  const books = (await Promise.all(lines.map((line) => booksOf(line, budget, ledger)))).filter(
    (line) => line !== undefined,
  );
  return limits.map(({ name, atLeast, of }): Measurement => {
    const what = { name, unit: 'None', dimensions: { slot } } as const;
    if (books.length === 0)
      return { ...what, status: 'healthy', value: null, threshold: atLeast, reason: 'nothing was traded yet' };
    return compare(what, Math.min(...books.map(({ account, equity }) => change(equity, of(account)))), { atLeast });
  });
}

async function booksOf(
  line: SlotId,
  budget: Decimal,
  ledger: LedgerReader,
): Promise<{ readonly account: SlotAccount; readonly equity: Decimal } | undefined> {
  const item = await ledger.get(keys.account(line));
  if (!item) return undefined;
  const account = parseAccount(item.value);
  const mark = await lastClose(line, account, ledger);
  return mark && { account, equity: equityOf(account, budget, mark) };
}

/** A fraction; everything is lost when there was nothing to lose. */
const change = (equity: Decimal, from: Decimal): number => (from.gt(0) ? equity.div(from).minus(1).toNumber() : -1);

const decisionSchema = z.object({ close: z.number().positive() });

async function lastClose(slot: SlotId, account: SlotAccount, ledger: LedgerReader): Promise<Decimal | undefined> {
  if (account.position.quantity.eq(0)) return decimal('0');
  const { table, pk } = keys.decision(slot, 0);
  const page = await ledger.query({ table, pk, order: 'descending', limit: 1 });
  const item = page.items[0];
  return item && decimal(String(decisionSchema.parse(item.value).close));
}
