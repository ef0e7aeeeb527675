import { AresError } from '../ares-error.ts';
import { keys } from '../ledger-keys.ts';
import { linesOf, parseSlotId, type SlotId } from '../models/slot.ts';
import { listSlots } from '../models/slot-registry.ts';
import type { Monotonic, Timers } from '../ports/clock.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import type { Log } from '../ports/log.ts';

const baseOf = (line: SlotId): string => (parseSlotId(line).symbols[0] as string).split('/')[0] as string;

/** An asset that lines of two slots of one account, or two lines of one slot, both trade. */
function sharedAsset(one: SlotId, other: SlotId): string | undefined {
  if (parseSlotId(one).account !== parseSlotId(other).account) return undefined;
  const bases = linesOf(one).map(baseOf);
  return one === other
    ? bases.find((base, at) => bases.indexOf(base) !== at)
    : bases.find((base) => linesOf(other).some((line) => baseOf(line) === base));
}

function refuse(one: SlotId, other: SlotId, asset: string): never {
  const both = one === other ? `two markets of ${one} do` : `${one} and ${other} do`;
  throw new AresError(
    'ASSET_SHARED',
    `slots that trade on one account must trade different assets, ${both} with ${asset}: each would take the other's position for its own`,
    { slots: [one, other], asset },
  );
}

/** @throws AresError `ASSET_SHARED` naming two slots of the list, or one of them, that trade one asset of one account */
export function refuseSharedAssets(slots: readonly SlotId[]): void {
  for (const [at, one] of slots.entries()) {
    for (const other of slots.slice(at)) {
      const asset = sharedAsset(one, other);
      if (asset !== undefined) refuse(one, other, asset);
    }
  }
}

/**
 * Makes sure that no slot that other processes trade shares an asset with this one.
 *
 * To be called with the slot's lease in hand: of two that start at once at least one sees the other. A lease whose owner shows no sign of life is waited for, and then does not count.
 *
 * @param beside slots of this process
 * @throws AresError `ASSET_SHARED`
 */
export async function refuseRivals(
  of: {
    readonly slot: SlotId;
    readonly beside: readonly SlotId[];
    /** How long a trader that lives may leave no sign of it, in milliseconds. */
    readonly silentMs: number;
  },
  ports: {
    readonly ledger: LedgerReader;
    readonly monotonic: Monotonic;
    readonly timers: Timers;
    readonly log: Log;
  },
  signal?: AbortSignal,
): Promise<void> {
  const { slot, silentMs } = of;
  for (const other of await listSlots(ports.ledger)) {
    const asset = other === slot || of.beside.includes(other) ? undefined : sharedAsset(slot, other);
    if (asset === undefined) continue;
    const lease = await ports.ledger.get(keys.lease(other));
    if (!lease || lease.value.owner === null) continue;
    ports.log.info('waiting for a sign of life of a slot that trades the same asset', { slot, other, asset, silentMs });
    const seen = await ports.ledger.get(keys.leaseRenewal(other));
    const since = ports.monotonic.now();
    while (ports.monotonic.now() - since < silentMs) {
      await ports.timers.sleep(Math.max(20, silentMs / 20), signal);
      const now = await ports.ledger.get(keys.lease(other));
      if (now?.value.owner === null) break;
      const renewal = await ports.ledger.get(keys.leaseRenewal(other));
      if (now?.version !== lease.version || renewal?.version !== seen?.version) refuse(slot, other, asset);
    }
  }
}
