import * as z from 'zod';
import { AresError } from '../ares-error.ts';
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
  const parsed = heartbeatSchema.safeParse(item.value);
  if (parsed.success) return parsed.data;
  throw new AresError('LEDGER_ITEM_INVALID', `heartbeat of ${slot}: ${z.prettifyError(parsed.error)}`);
}
