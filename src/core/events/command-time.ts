import * as z from 'zod';
import { readConfig } from '../config/read-config.ts';
import { readAll } from '../dashboard/read-all.ts';
import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import { type EpochMillis, epochMillis, type WallClock } from '../ports/clock.ts';
import type { Item, LedgerReader } from '../ports/ledger.ts';

const heartbeatSchema = z.object({ at: z.number(), marketTime: z.number() });

/**
 * When a person's command happens.
 *
 * That is the market's time, which all decisions about models and trading carry, as the slot's trader last told it. Where it has not reported within the live configuration's
 * `monitoring.heartbeatAgeMs`, or its market has not begun, it is wall time: in a real market the same, after a replay later than anything in it.
 *
 * @param slot the one the command is about; `undefined` when it is about all: then the trader counts that reported last
 */
export async function commandTime(
  ledger: LedgerReader,
  wallClock: WallClock,
  slot: SlotId | undefined,
): Promise<EpochMillis> {
  const wall = wallClock.now();
  const { config } = await readConfig(ledger);
  const items = await heartbeatsOf(ledger, slot);
  const newest = items
    .map(({ value }) => heartbeatSchema.safeParse(value).data)
    .filter((heartbeat) => heartbeat !== undefined)
    .filter(({ at, marketTime }) => wall - at <= config.monitoring.heartbeatAgeMs && marketTime > 0)
    .toSorted((a, b) => b.at - a.at)[0];
  return newest ? epochMillis(newest.marketTime) : wall;
}

async function heartbeatsOf(ledger: LedgerReader, slot: SlotId | undefined): Promise<readonly Item[]> {
  if (slot === undefined) {
    const { table, pk } = keys.heartbeat('' as SlotId);
    const items: Item[] = [];
    for await (const item of readAll(ledger, { table, pk })) items.push(item);
    return items;
  }
  const item = await ledger.get(keys.heartbeat(slot));
  return item ? [item] : [];
}
