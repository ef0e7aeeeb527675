import { AresError } from '../ares-error.ts';
import type { Timeframe } from '../market-data/candle.ts';
import { timeframe } from '../market-data/timeframe.ts';

/** Where one champion trades: one configuration and one position budget belong to it. */
export interface Slot {
  readonly account: string;
  readonly strategy: string;
  /** Unified symbols, `BASE/QUOTE`. */
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
}

/** `account:strategy:BASE/QUOTE[+BASE/QUOTE…]:timeframe`, part of every key, event and command. */
export type SlotId = string & { readonly __brand: 'SlotId' };

export function slotId(slot: Slot): SlotId {
  return `${slot.account}:${slot.strategy}:${slot.symbols.join('+')}:${slot.timeframe}` as SlotId;
}

/** @throws AresError `SLOT_INVALID` */
export function parseSlotId(text: string): Slot {
  const match = /^([a-z0-9-]+):([a-z0-9-]+):([A-Z0-9]+\/[A-Z0-9]+(?:\+[A-Z0-9]+\/[A-Z0-9]+)*):(\w+)$/.exec(text);
  if (!match) throw new AresError('SLOT_INVALID', `slot must be like "paper:trend:BTC/USDT:1m", was "${text}"`);
  const [, account, strategy, symbols, tf] = match as unknown as [string, string, string, string, string];
  return { account, strategy, symbols: symbols.split('+'), timeframe: timeframe(tf) };
}

/**
 * The markets of a slot, each as a slot of its own: what books, orders and decisions are kept under. A slot of one symbol is its own only line.
 *
 * Model, configuration, lease and trading state belong to the whole slot; its budget is shared out evenly among its lines.
 */
export function linesOf(slot: SlotId): readonly SlotId[] {
  const parts = parseSlotId(slot);
  return parts.symbols.map((symbol) => slotId({ ...parts, symbols: [symbol] }));
}
