import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import type { Item, Key } from '../ports/ledger.ts';

/** What an archive says of a slot that matters to whoever trades in it next. */
export interface ArchivedSlot {
  readonly slot: SlotId;
  readonly tradingState: Item | undefined;
  readonly lease: Item | undefined;
}

const NAMES = keys.slot('' as SlotId).pk;
const OF_A_SLOT = keys.lease('' as SlotId).pk;

const same = (one: Key, other: Key): boolean => one.table === other.table && one.pk === other.pk && one.sk === other.sk;

function slotOf({ table, pk, sk }: Key): SlotId | undefined {
  if (table !== 'state') return undefined;
  if (pk === NAMES) return sk as SlotId;
  return pk.startsWith(OF_A_SLOT) ? (pk.slice(OF_A_SLOT.length) as SlotId) : undefined;
}

/** Finds every slot that an item belongs to, known by name or not. */
export function archivedSlots(): { take(item: Item): void; readonly found: () => readonly ArchivedSlot[] } {
  const slots = new Map<SlotId, ArchivedSlot>();
  return {
    take(item) {
      const slot = slotOf(item.key);
      if (slot === undefined) return;
      const known = slots.get(slot) ?? { slot, tradingState: undefined, lease: undefined };
      if (same(item.key, keys.tradingState(slot))) slots.set(slot, { ...known, tradingState: item });
      else if (same(item.key, keys.lease(slot))) slots.set(slot, { ...known, lease: item });
      else slots.set(slot, known);
    },
    found: () => [...slots.values()],
  };
}
