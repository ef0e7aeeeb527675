import * as z from 'zod';
import { AresError } from '../ares-error.ts';
import { keys } from '../ledger-keys.ts';
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

/** What the trader last said of itself. */
export type Heartbeat = z.infer<typeof heartbeatSchema>;

/** @throws AresError `LEDGER_ITEM_INVALID` */
export async function readHeartbeat(ledger: LedgerReader): Promise<Heartbeat | undefined> {
  const item = await ledger.get(keys.heartbeat('trader'));
  if (!item) return undefined;
  const parsed = heartbeatSchema.safeParse(item.value);
  if (parsed.success) return parsed.data;
  throw new AresError('LEDGER_ITEM_INVALID', `heartbeat of the trader: ${z.prettifyError(parsed.error)}`);
}
