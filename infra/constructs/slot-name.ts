import { createHash } from 'node:crypto';
import type { SlotId } from '../../src/core/models/slot.ts';

/** Leaves room for a prefix in the 64 characters of a rule's name, and for a suffix in the 80 of a queue's. */
const LONGEST = 35;

/** A slot's id as part of a name on AWS: `main:trend:BTC/USDT:1m` becomes `main-trend-btc-usdt-1m`. */
export function slotName(slot: SlotId): string {
  const name = slot.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  if (name.length <= LONGEST) return name;
  const hash = createHash('sha256').update(slot).digest('hex').slice(0, 8);
  return `${name.slice(0, LONGEST - 9)}-${hash}`;
}
