import * as z from 'zod';
import { readConfig } from '../../src/core/config/read-config.ts';
import { keys } from '../../src/core/ledger-keys.ts';
import { type EpochMillis, epochMillis, type WallClock } from '../../src/core/ports/clock.ts';
import type { LedgerReader } from '../../src/core/ports/ledger.ts';

const heartbeatSchema = z.object({ at: z.number(), marketTime: z.number() });

/**
 * When a person's command happens.
 *
 * That is the market's time, which all decisions about models and trading carry, as the trader last told it. Where no trader has reported within the live configuration's
 * `monitoring.heartbeatAgeMs`, or its market has not begun, it is wall time: in a real market the same, after a replay later than anything in it.
 */
export async function commandTime(ledger: LedgerReader, wallClock: WallClock): Promise<EpochMillis> {
  const wall = wallClock.now();
  const { config } = await readConfig(ledger);
  const item = await ledger.get(keys.heartbeat('trader'));
  const heartbeat = heartbeatSchema.safeParse(item?.value).data;
  const isFresh = heartbeat !== undefined && wall - heartbeat.at <= config.monitoring.heartbeatAgeMs;
  return isFresh && heartbeat.marketTime > 0 ? epochMillis(heartbeat.marketTime) : wall;
}
