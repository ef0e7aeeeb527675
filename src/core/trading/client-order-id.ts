import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { SlotId } from '../models/slot.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';

/** What an order is for: to enter a position, to leave it, or to rest for leaving it at a loss or with a profit. `pair` names the list that joins the last two. */
export type Leg = 'entry' | 'exit' | 'stop_loss' | 'take_profit' | 'pair';

export const legs = ['entry', 'exit', 'stop_loss', 'take_profit', 'pair'] as const satisfies readonly Leg[];

export interface OrderName {
  readonly slot: SlotId;
  /** Close of the bar the decision was made on; whole seconds. */
  readonly barClose: EpochMillis;
  readonly leg: Leg;
  /** 0 for the first order of this leg at this bar; each later one counts on, so that no id is ever sent twice. */
  readonly attempt: number;
  /** Fencing epoch of the trader that decided. */
  readonly epoch: number;
}

const LEGS: Readonly<Record<Leg, string>> = { entry: 'e', exit: 'x', stop_loss: 's', take_profit: 't', pair: 'p' };

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
  const match = /^ar-([0-9a-f]{8})-([0-9a-z]+)-([exstp])(\d+)-([0-9a-z]+)$/.exec(id);
  if (!match || match[1] !== slotTag(slot)) return undefined;
  const [, , bar, leg, attempt, epoch] = match as unknown as [string, string, string, string, string, string];
  return {
    barClose: epochMillis(Number.parseInt(bar, 36) * 1000),
    leg: legs.find((each) => LEGS[each] === leg) as Leg,
    attempt: Number(attempt),
    epoch: Number.parseInt(epoch, 36),
  };
}

/** What an order of any slot is for, by its client order id; `undefined` when the id is not one of Ares. */
export function legOfClientOrderId(id: string): Leg | undefined {
  const letter = /^ar-[0-9a-f]{8}-[0-9a-z]+-([exstp])\d+-[0-9a-z]+$/.exec(id)?.[1];
  return legs.find((leg) => LEGS[leg] === letter);
}
