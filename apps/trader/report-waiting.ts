import { messageOf } from '../../src/core/ares-error.ts';
import { keys } from '../../src/core/ledger-keys.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import type { WallClock } from '../../src/core/ports/clock.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import type { Log } from '../../src/core/ports/log.ts';
import { newCounters } from '../../src/core/trading/engine-counters.ts';
import type { LeaseWait } from '../../src/core/trading/lease.ts';

const LOG_EVERY_MS = 5_000;

/**
 * Says how long a trader still waits for the lease: in the log every five seconds, and by a heartbeat once the trader before it says nothing any more, so that
 * whoever looks sees that somebody is there.
 */
export function reportWaiting(
  of: { readonly slot: SlotId; readonly instance: string; readonly staleMs: number; readonly onBeat: () => void },
  ports: { readonly ledger: Ledger; readonly log: Log; readonly wallClock: WallClock },
): (wait: LeaseWait) => Promise<void> {
  const { slot, instance, staleMs } = of;
  let logged = Number.POSITIVE_INFINITY;
  return async ({ leftMs, owner }) => {
    if (Math.abs(logged - leftMs) >= LOG_EVERY_MS) {
      logged = leftMs;
      ports.log.info('waiting for the lease', { slot, owner, leftMs: Math.round(leftMs) });
    }
    try {
      const seen = await ports.ledger.get(keys.heartbeat(slot));
      const now = ports.wallClock.now();
      // A trader that lives speaks for the slot.
      if (seen && seen.value.instance !== instance && now - Number(seen.value.at) < staleMs) return;
      const value = {
        at: now,
        instance,
        state: 'WAITING',
        position: seen?.value.position ?? '0',
        runId: null,
        modelHash: null,
        swapInProgress: false,
        orderInFlight: null,
        leaseWaitMs: Math.round(leftMs),
        marketTime: seen?.value.marketTime ?? 0,
        ...newCounters(),
      };
      await ports.ledger.append([{ key: keys.heartbeat(slot), value }]);
      of.onBeat();
    } catch (error) {
      ports.log.warn('the heartbeat could not be written', { error: messageOf(error) });
    }
  };
}
