import { messageOf } from '../ares-error.ts';
import { linesOf, parseSlotId, type SlotId } from '../models/slot.ts';
import { type CancelReport, cancelAll, flatten, type KillWish } from './kill-line.ts';
import type { KillPorts, KillSale } from './kill-sale.ts';
import { readOwnPosition } from './own-position.ts';

/** Whether a trader that wakes will find that it may not trade. */
export type HaltReport =
  | { readonly recorded: true; readonly state: string }
  | { readonly recorded: false; readonly reason: string };

export interface KilledLine {
  readonly line: SlotId;
  readonly cancels: CancelReport;
  /** `null` when nothing was to be sold. */
  readonly sale: KillSale | null;
  /** Base currency held afterwards by the exchange's history; `null` when that cannot be told. */
  readonly held: string | null;
}

export interface KillReport {
  readonly slot: SlotId;
  /** No order of the slot is open, and what was to be sold is sold. */
  readonly complete: boolean;
  readonly halt: HaltReport;
  readonly lines: readonly KilledLine[];
}

/**
 * Takes a slot off the exchange without its trader and without its database: cancels, records the halt where that is possible, sells if so wished, waits
 * until nothing that was on its way can arrive any more, and looks again.
 *
 * Never throws: the worst of two troubles must not hide what was done about the other.
 *
 * @param request.patienceMs how long an order that was on its way may still arrive
 * @param recordHalt tells the ledger; may reject
 */
export async function killSlot(
  request: { readonly slot: SlotId; readonly wish: KillWish; readonly patienceMs: number },
  ports: KillPorts,
  recordHalt: () => Promise<string>,
): Promise<KillReport> {
  const { slot, wish, patienceMs } = request;
  const lines = linesOf(slot);
  const first = new Map<SlotId, CancelReport>();
  for (const line of lines) first.set(line, await cancelAll(line, symbolOf(line), wish, ports));
  // Before anything is sold: a trader that lives must not buy it back.
  const halt = await report(recordHalt);
  const sales = new Map<SlotId, KillSale>();
  if (wish.flatten) for (const line of lines) sales.set(line, await sell(line, wish, patienceMs, ports));
  await ports.timers.sleep(patienceMs);
  const killed: KilledLine[] = [];
  for (const line of lines) {
    const last = await cancelAll(line, symbolOf(line), wish, ports);
    const cancelled = [...new Set([...(first.get(line)?.cancelled ?? []), ...last.cancelled])];
    const held = await heldNow(line, ports);
    killed.push({ line, cancels: { ...last, cancelled }, sale: sales.get(line) ?? null, held });
  }
  return { slot, complete: killed.every(isComplete), halt, lines: killed };
}

const symbolOf = (line: SlotId): string => parseSlotId(line).symbols[0] as string;

const isComplete = ({ cancels, sale }: KilledLine): boolean =>
  cancels.stillOpen.length === 0 &&
  cancels.reason === null &&
  (sale === null || sale.outcome === 'sold' || sale.outcome === 'nothing');

async function report(recordHalt: () => Promise<string>): Promise<HaltReport> {
  try {
    return { recorded: true, state: await recordHalt() };
  } catch (error) {
    return { recorded: false, reason: messageOf(error) };
  }
}

async function sell(line: SlotId, wish: KillWish, patienceMs: number, ports: KillPorts): Promise<KillSale> {
  try {
    return await flatten(line, await ports.exchange.rules(symbolOf(line)), wish, patienceMs, ports);
  } catch (error) {
    return { outcome: 'failed', reason: messageOf(error) };
  }
}

async function heldNow(line: SlotId, { exchange }: KillPorts): Promise<string | null> {
  try {
    const position = await readOwnPosition(line, await exchange.rules(symbolOf(line)), exchange);
    return position.known ? position.held.toFixed() : null;
  } catch {
    return null;
  }
}
