import { AresError } from '../ares-error.ts';
import type { LiveConfig } from '../config/live-config.ts';
import { commandOf } from '../events/command.ts';
import type { Invocation } from '../events/invocation.ts';
import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import type { Ledger } from '../ports/ledger.ts';
import { readDeployment } from '../promotion/deployment.ts';
import { halt, type TradingStateOutcome } from '../trading/trading-state.ts';
import { readHeartbeat } from './heartbeat.ts';

/** The name under which the monitor halts; what people are told depends on it. */
export const SILENCE_WATCH = 'monitor-system';

/**
 * Halts a slot with a champion whose trader fell silent without leaving in order.
 *
 * What such a trader has at the exchange nobody knows: it may hang, and wake. So it does not matter what the books say of a position: an order may have been
 * sent that they do not know. A trader that left in order gave its lease back, and is no reason to halt. Silence counts only as long as somebody
 * listened: after a machine was off, or the monitor itself, it begins anew.
 *
 * @param watchedFrom wall time since which this monitor has listened without a gap
 * @returns `undefined` when there was no reason to halt
 */
export async function haltSilentSlot(
  slot: SlotId,
  watchedFrom: number,
  limits: Pick<LiveConfig['risk'], 'haltAfterHeartbeatSilenceMs'>,
  invocation: Invocation,
  ledger: Ledger,
): Promise<TradingStateOutcome | undefined> {
  const most = limits.haltAfterHeartbeatSilenceMs;
  const heartbeat = await readHeartbeat(ledger, slot);
  // One that never reported never sent anything.
  if (!heartbeat) return undefined;
  const silentMs = invocation.now - Math.max(heartbeat.at, watchedFrom);
  if (silentMs <= most) return undefined;
  if (!(await mayHaveChampion(slot, ledger))) return undefined;
  const lease = await ledger.get(keys.lease(slot));
  if (!lease || lease.value.owner === null) return undefined;
  const age = invocation.now - heartbeat.at;
  const reason = `the trader must report within ${most} ms, was silent for ${age} ms`;
  return halt({ ...commandOf(invocation, SILENCE_WATCH), slot, reason }, { ledger });
}

/** A deployment that cannot be read may have one. */
async function mayHaveChampion(slot: SlotId, ledger: Ledger): Promise<boolean> {
  try {
    return (await readDeployment(ledger, slot)).championRunId !== null;
  } catch (error) {
    if (error instanceof AresError && error.code === 'LEDGER_ITEM_INVALID') return true;
    throw error;
  }
}
