import { keys } from '../ledger-keys.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type { Ledger, LedgerReader } from '../ports/ledger.ts';
import { parseSlotId, type SlotId } from './slot.ts';

/**
 * Makes a slot known, so that what runs for every slot runs for it; a known one is left alone.
 *
 * @throws AresError `SLOT_INVALID`
 */
export async function ensureSlot(ledger: Ledger, slot: SlotId, now: EpochMillis): Promise<void> {
  parseSlotId(slot);
  const key = keys.slot(slot);
  if (await ledger.get(key)) return;
  // A conflict means that somebody else has just made it known.
  await ledger.commit({
    token: `slot:${slot}`,
    writes: [{ kind: 'put', key, expected: 'absent', value: { slot, createdAt: now } }],
    audit: [],
    events: [],
  });
}

const PAGE = 1000;

/** All known slots, by name. */
export async function listSlots(ledger: LedgerReader): Promise<readonly SlotId[]> {
  const { table, pk } = keys.slot('' as SlotId);
  const slots: SlotId[] = [];
  let after: string | undefined;
  do {
    const page = await ledger.query({ table, pk, limit: PAGE, after });
    slots.push(...page.items.map((item) => item.key.sk as SlotId));
    after = page.next;
  } while (after !== undefined);
  return slots;
}
