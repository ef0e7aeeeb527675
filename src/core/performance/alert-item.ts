import * as z from 'zod';
import { parseItem } from '../ledger/parse-item.ts';
import { indexes, keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import type { Item, LedgerReader, Write } from '../ports/ledger.ts';

const alertSchema = z.object({
  slot: z.string().transform((text) => text as SlotId),
  runId: z.string(),
  metric: z.string(),
  status: z.enum(['raised', 'ended']),
  /** Market time at which it was raised, or ended. */
  since: z.number().int(),
  /** The figure that raised or ended it; `null` when it was missing. */
  value: z.number().nullable(),
  threshold: z.number(),
  samples: z.number().int(),
});

/** Whether a metric of a model in production is an alert. */
export type Alert = z.infer<typeof alertSchema>;

export interface StoredAlert {
  readonly alert: Alert;
  readonly version: number;
}

/** @throws AresError `LEDGER_ITEM_INVALID` */
export function parseAlert(item: Item): StoredAlert {
  return { alert: parseItem(item, alertSchema, 'alert'), version: item.version };
}

/** The write that stores an alert; it is found through the slot's index while it is raised. */
export function putAlert(alert: Alert, before: StoredAlert | undefined): Write {
  const { slot, runId, metric } = alert;
  const put: Write = {
    kind: 'put',
    key: keys.alert(slot, runId, metric),
    expected: before?.version ?? 'absent',
    value: alert,
  };
  return alert.status === 'raised' ? { ...put, index: indexes.raisedAlerts(slot, `${runId}#${metric}`) } : put;
}

/** The alerts raised in a slot. The list may be behind the latest commits: what decides is the item read by its key. */
export async function raisedAlerts(ledger: LedgerReader, slot: SlotId): Promise<readonly Alert[]> {
  const { pk } = indexes.raisedAlerts(slot);
  const page = await ledger.query({ table: 'state', pk, by: 'index', limit: 1_000 });
  return page.items.map((item) => parseAlert(item).alert).filter((alert) => alert.status === 'raised');
}
