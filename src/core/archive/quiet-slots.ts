import { AresError } from '../ares-error.ts';
import { auditHeadKey, auditStreams } from '../audit/audit-entry.ts';
import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import { listSlots } from '../models/slot-registry.ts';
import type { Monotonic, Timers } from '../ports/clock.ts';
import type { Key, LedgerReader } from '../ports/ledger.ts';

export interface QuietPorts {
  readonly ledger: LedgerReader;
  readonly monotonic: Monotonic;
  readonly timers: Pick<Timers, 'sleep'>;
}

/** How long a trader that lives may leave no sign of it, in milliseconds. */
export interface Silence {
  readonly ttlMs: number;
  readonly recvWindowMs: number;
}

const running = (slot: SlotId): AresError =>
  new AresError(
    'TRADER_RUNNING',
    `no trader may be at work while everything is copied, one trades ${slot}: halt it, then stop it (one machine: Ctrl-C where "npm start" runs; AWS: set the service's desired count to 0)`,
    { slot },
  );

/** An owner that died never gives the lease back: only its silence tells. */
async function awaitSilence(slot: SlotId, { ttlMs, recvWindowMs }: Silence, ports: QuietPorts): Promise<void> {
  const lease = await ports.ledger.get(keys.lease(slot));
  if (!lease || lease.value.owner === null) return;
  const before = await ports.ledger.get(keys.leaseRenewal(slot));
  const since = ports.monotonic.now();
  while (ports.monotonic.now() - since < ttlMs + recvWindowMs) {
    await ports.timers.sleep(Math.max(20, ttlMs / 10));
    const [now, renewal] = [await ports.ledger.get(keys.lease(slot)), await ports.ledger.get(keys.leaseRenewal(slot))];
    if (now?.version !== lease.version || renewal?.version !== before?.version) throw running(slot);
  }
}

/** Versions of all that changes when somebody trades or decides. */
async function fingerprint(ledger: LedgerReader): Promise<ReadonlyMap<string, number>> {
  const slots = await listSlots(ledger);
  const watched: readonly (readonly [string, Key])[] = [
    ...slots.flatMap((slot) => [
      [`the lease of ${slot}`, keys.lease(slot)] as const,
      [`the renewal of the lease of ${slot}`, keys.leaseRenewal(slot)] as const,
    ]),
    ...auditStreams.map((stream) => [`the audit trail "${stream}"`, auditHeadKey(stream)] as const),
  ];
  const found = await Promise.all(watched.map(async ([, key]) => (await ledger.get(key))?.version ?? 0));
  return new Map(watched.map(([name], at) => [name, found[at] ?? 0]));
}

/**
 * Waits until it is certain that no trader is at work in any slot.
 *
 * @returns a check that throws AresError `LEDGER_CHANGED` when somebody traded or decided something since
 * @throws AresError `TRADER_RUNNING`
 */
export async function quietSlots(silence: Silence, ports: QuietPorts): Promise<() => Promise<void>> {
  const slots = await listSlots(ports.ledger);
  await Promise.all(slots.map((slot) => awaitSilence(slot, silence, ports)));
  const before = await fingerprint(ports.ledger);
  return async () => {
    const after = await fingerprint(ports.ledger);
    const changed = [...after].filter(([name, version]) => before.get(name) !== version).map(([name]) => name);
    if (changed.length === 0) return;
    throw new AresError(
      'LEDGER_CHANGED',
      `nothing may change while everything is copied, ${changed.join(', ')} did: stop what writes there, then try again`,
      { changed },
    );
  };
}
