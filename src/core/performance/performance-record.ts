import * as z from 'zod';
import { parseItem } from '../ledger/parse-item.ts';
import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import type { AppendRecord, Item, LedgerReader } from '../ports/ledger.ts';

const figure = z.number().nullable();

const performanceSchema = z.object({
  slot: z.string().transform((text) => text as SlotId),
  runId: z.string(),
  /** Market time of the measurement. */
  at: z.number().int(),
  /** Close times that bound the predictions measured, inclusive. */
  window: z.object({ from: z.number().int(), to: z.number().int() }),
  samples: z.number().int(),
  periods: z.number().int(),
  accuracy: figure,
  log_loss: figure,
  sharpe_ratio: figure,
  sortino_ratio: figure,
  max_drawdown: figure,
  hit_rate: figure,
  total_return: figure,
  turnover: figure,
});

/** A model's figures in production at one time; what they are of is said at `productionMetrics`. */
export type Performance = z.infer<typeof performanceSchema>;

export function performanceRecord(performance: Performance): AppendRecord {
  return { key: keys.performance(performance.slot, performance.runId, performance.at), value: performance };
}

/** @throws AresError `LEDGER_ITEM_INVALID` */
function parsePerformance(item: Item): Performance {
  return parseItem(item, performanceSchema, 'performance');
}

/** The last measurements of a model, newest first. */
export async function readPerformance(
  ledger: LedgerReader,
  slot: SlotId,
  runId: string,
  limit: number,
): Promise<readonly Performance[]> {
  const { table, pk } = keys.performance(slot, runId, 0);
  const page = await ledger.query({ table, pk, order: 'descending', limit });
  return page.items.map(parsePerformance);
}
