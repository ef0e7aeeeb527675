import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { SlotId } from '../models/slot.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';

/** What an order is for: to enter a position or to leave it. */
export type Leg = 'entry' | 'exit';

export interface OrderName {
  readonly slot: SlotId;
  /** Close of the bar the decision was made on; whole seconds. */
  readonly barClose: EpochMillis;
  readonly leg: Leg;
  /** 0 for the first try of this leg at this bar. */
  readonly attempt: number;
  /** Fencing epoch of the trader that decided. */
  readonly epoch: number;
}

const LEGS: Readonly<Record<Leg, string>> = { entry: 'e', exit: 'x' };

/** The part of a client order id that says which slot it belongs to: 8 hexadecimal digits. */
export function slotTag(slot: SlotId): string {
  const known = tags.get(slot) ?? bytesToHex(sha256(utf8ToBytes(slot))).slice(0, 8);
  tags.set(slot, known);
  return known;
}

/** A process trades few slots and names many orders: the hash is not on the way of every one. */
const tags = new Map<SlotId, string>();

/**
 * A client order id that follows from what the order is, so that it can be computed again after a crash and asked for.
 *
 * At most 36 characters of `[a-z0-9-]`, which every exchange in use takes.
 */
export function clientOrderId(name: OrderName): string {
  return `ar-${slotTag(name.slot)}-${(name.barClose / 1000).toString(36)}-${LEGS[name.leg]}${name.attempt}-${name.epoch.toString(36)}`;
}

/** What a client order id says, or `undefined` when it is not one of this slot's. */
export function parseClientOrderId(slot: SlotId, id: string): Omit<OrderName, 'slot'> | undefined {
  const match = /^ar-([0-9a-f]{8})-([0-9a-z]+)-([ex])(\d+)-([0-9a-z]+)$/.exec(id);
  if (!match || match[1] !== slotTag(slot)) return undefined;
  const [, , bar, leg, attempt, epoch] = match as unknown as [string, string, string, string, string, string];
  return {
    barClose: epochMillis(Number.parseInt(bar, 36) * 1000),
    leg: leg === 'e' ? 'entry' : 'exit',
    attempt: Number(attempt),
    epoch: Number.parseInt(epoch, 36),
  };
}
