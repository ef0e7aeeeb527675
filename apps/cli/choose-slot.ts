import { AresError } from '../../src/core/ares-error.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import { listSlots } from '../../src/core/models/slot-registry.ts';
import type { LedgerReader } from '../../src/core/ports/ledger.ts';

/**
 * The slot a command is about: the one named, which must be known, or the only one there is.
 *
 * @throws AresError `SLOT_UNKNOWN`, `SLOT_AMBIGUOUS` naming the known ones
 */
export async function chooseSlot(ledger: LedgerReader, named: SlotId | undefined): Promise<SlotId> {
  const known = await listSlots(ledger);
  if (named !== undefined && known.includes(named)) return named;
  if (known.length === 0) {
    throw new AresError(
      'SLOT_UNKNOWN',
      'there must be a slot, none is known here: nothing was ever traded or registered',
    );
  }
  const names = known.join(', ');
  if (named !== undefined) throw new AresError('SLOT_UNKNOWN', `slot must be one of ${names}, was ${named}`, { known });
  if (known.length === 1) return known[0] as SlotId;
  throw new AresError('SLOT_AMBIGUOUS', `--slot must say which of the ${known.length} slots is meant: ${names}`, {
    known,
  });
}
