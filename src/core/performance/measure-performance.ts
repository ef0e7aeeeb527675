import { keys, sortable } from '../ledger-keys.ts';
import { timeframeMillis } from '../market-data/timeframe.ts';
import { parseSlotId, type SlotId } from '../models/slot.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import type { Performance } from './performance-record.ts';
import { type Prediction, parsePrediction } from './prediction.ts';
import { productionMetrics } from './production-metrics.ts';

/** Bars that are looked back on: a day of minutes. */
const WINDOW_BARS = 1_440;

/** Measures a model over the window that ends at `now`. */
export async function measurePerformance(
  ledger: LedgerReader,
  slot: SlotId,
  runId: string,
  now: number,
): Promise<Performance> {
  const barMillis = timeframeMillis(parseSlotId(slot).timeframe);
  const window = { from: Math.max(0, now - (WINDOW_BARS - 1) * barMillis), to: now };
  const predictions = await readPredictions(ledger, slot, runId, window);
  return { slot, runId, at: now, window, ...productionMetrics(predictions, barMillis) };
}

/** Predictions of the bars that closed in the window, oldest first. */
async function readPredictions(
  ledger: LedgerReader,
  slot: SlotId,
  runId: string,
  window: { readonly from: number; readonly to: number },
): Promise<readonly Prediction[]> {
  const { table, pk } = keys.prediction(slot, runId, 0);
  const range = { table, pk, from: sortable(window.from), to: sortable(window.to), limit: 1_000 };
  const predictions: Prediction[] = [];
  let after: string | undefined;
  do {
    const page = await ledger.query({ ...range, ...(after === undefined ? {} : { after }) });
    predictions.push(...page.items.map(parsePrediction));
    after = page.next;
  } while (after !== undefined);
  return predictions;
}
