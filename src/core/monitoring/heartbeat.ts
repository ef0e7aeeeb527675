import * as z from 'zod';
import { parseItem } from '../ledger/parse-item.ts';
import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import type { LedgerReader } from '../ports/ledger.ts';

const heartbeatSchema = z.object({
  /** Wall time. */
  at: z.number(),
  /** This process run; counters begin anew with it. */
  instance: z.string(),
  state: z.string(),
  decisions: z.number().int(),
  errors: z.number().int(),
});

/** What a trader last said of itself. */
export type Heartbeat = z.infer<typeof heartbeatSchema>;

/** The last sign of life of a slot's trader; `undefined` when it never gave one. @throws AresError `LEDGER_ITEM_INVALID` */
export async function readHeartbeat(ledger: LedgerReader, slot: SlotId): Promise<Heartbeat | undefined> {
  const item = await ledger.get(keys.heartbeat(slot));
  if (!item) return undefined;
  return parseItem(item, heartbeatSchema, 'heartbeat');
}
