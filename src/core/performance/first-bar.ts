import { keys } from '../ledger-keys.ts';
import { findModel } from '../models/read-models.ts';
import type { ModelSignature } from '../models/signature.ts';
import type { SlotId } from '../models/slot.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import type { Deployment } from '../promotion/deployment.ts';
import type { AnalystMemory } from './analyst-memory.ts';
import { parsePrediction } from './prediction.ts';

/** The last bar a run has a prediction for, by its open time. */
async function lastPredicted(ledger: LedgerReader, slot: SlotId, runId: string): Promise<number | undefined> {
  const { table, pk } = keys.prediction(slot, runId, 0);
  const page = await ledger.query({ table, pk, order: 'descending', limit: 1 });
  const item = page.items[0];
  return item && parsePrediction(item).openTime;
}

/**
 * Open time of the first bar that wants a prediction: after those that have one, after the model's training window, and in production.
 *
 * Bars before the promotion are left out although they could be predicted: the model was chosen by its figures on some of them.
 */
export async function firstBar(
  deployment: Deployment,
  champion: { readonly runId: string; readonly signature: ModelSignature },
  barMillis: number,
  now: number,
  memory: AnalystMemory,
  ledger: LedgerReader,
): Promise<number> {
  const { slot, version } = deployment;
  const { runId, signature } = champion;
  if (memory.inProduction?.version !== version) {
    const model = await findModel(ledger, slot, runId);
    memory.inProduction = { version, since: model?.record.promotedAt ?? now };
  }
  // Somebody's promotion may carry a time that the market has not reached.
  const newest = Math.floor(now / barMillis) * barMillis - barMillis;
  const { since } = memory.inProduction;
  const promoted = since > now ? newest : Math.floor(since / barMillis) * barMillis;
  const analysed = memory.analysed?.runId === runId ? memory.analysed.openTime : -Infinity;
  const predicted = (await lastPredicted(ledger, slot, runId)) ?? -Infinity;
  return Math.max(promoted, signature.trainingWindow.to + barMillis, analysed + barMillis, predicted + barMillis);
}
