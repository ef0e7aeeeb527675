import { AresError } from '../ares-error.ts';
import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import type { Monotonic, Timers } from '../ports/clock.ts';
import type { Item, Ledger, Write } from '../ports/ledger.ts';
import type { Log } from '../ports/log.ts';

/**
 * The right to trade a slot: one owner at a time, each ownership with a higher fencing epoch.
 *
 * Durations are monotonic milliseconds, so that a jump of the wall clock neither prolongs nor ends it. The holder counts from before it wrote its
 * renewal; a rival counts from after it first saw that renewal: so the holder always stops first.
 */
export interface Lease {
  readonly epoch: number;
  /** False once the time to live has passed without a renewal: nothing may be signed any more, and it never becomes true again. */
  holds(): boolean;
  /** A condition for a commit: it fails when somebody else has become owner. */
  guard(): Write;
  /** Ends renewing, and gives the lease back so that a successor need not wait. */
  release(): Promise<void>;
  /** Resolves with the reason when the lease is lost. */
  readonly lost: Promise<string>;
}

export interface LeaseOptions {
  readonly slot: SlotId;
  /** Who asks: unique to this process run. */
  readonly owner: string;
  readonly ttlMs: number;
  /** An order signed just before the lease ended may still be accepted so long; a new owner waits it out too. */
  readonly recvWindowMs: number;
  /** Told again and again while another owner's silence is waited for; nothing waits for what it does. */
  readonly onWaiting?: (wait: LeaseWait) => Promise<void>;
}

export interface LeaseWait {
  readonly owner: string;
  /** Milliseconds until the lease is free if its owner stays silent. */
  readonly leftMs: number;
}

export interface LeasePorts {
  readonly ledger: Ledger;
  readonly monotonic: Monotonic;
  readonly timers: Timers;
  readonly log: Log;
}

/** A renewal's answer that was lost for so long tells nothing any more: the lease has run out. */
const RENEWAL_TOKEN_MS = 3_600_000;

/** Waits until the lease is free, takes it, and keeps renewing it three times in its time to live. */
export async function acquireLease(options: LeaseOptions, ports: LeasePorts, signal?: AbortSignal): Promise<Lease> {
  const { slot, owner } = options;
  for (;;) {
    signal?.throwIfAborted();
    const seen = await ports.ledger.get(keys.lease(slot));
    if (seen && seen.value.owner !== null) await waitUntilSilent(seen, options, ports, signal);
    const epoch = Number(seen?.value.epoch ?? 0) + 1;
    const asked = ports.monotonic.now();
    const renewal = await ports.ledger.get(keys.leaseRenewal(slot));
    const outcome = await ports.ledger.commit({
      token: `lease:${slot}:${epoch}:${owner}`,
      writes: [
        { kind: 'put', key: keys.lease(slot), expected: seen?.version ?? 'absent', value: { owner, epoch } },
        {
          kind: 'put',
          key: keys.leaseRenewal(slot),
          expected: renewal?.version ?? 'absent',
          value: { epoch, count: 0 },
        },
      ],
      audit: [],
      events: [],
    });
    if (outcome.outcome === 'committed') {
      return holdLease(options, ports, {
        epoch,
        version: (seen?.version ?? 0) + 1,
        renewalVersion: (renewal?.version ?? 0) + 1,
        since: asked,
      });
    }
  }
}

/** Returns when the owner has shown no sign of life for the time to live and a receive window, or has given the lease back. */
async function waitUntilSilent(
  seen: Item,
  options: LeaseOptions,
  ports: LeasePorts,
  signal?: AbortSignal,
): Promise<void> {
  const { slot, ttlMs, recvWindowMs } = options;
  ports.log.info('waiting for the lease of the former trader to run out', {
    slot,
    owner: seen.value.owner,
    epoch: seen.value.epoch,
    waitMs: ttlMs + recvWindowMs,
  });
  let renewal = await ports.ledger.get(keys.leaseRenewal(slot));
  let since = ports.monotonic.now();
  let telling = false;
  while (ports.monotonic.now() - since < ttlMs + recvWindowMs) {
    if (!telling && options.onWaiting) {
      telling = true;
      const leftMs = ttlMs + recvWindowMs - (ports.monotonic.now() - since);
      void options.onWaiting({ owner: String(seen.value.owner), leftMs }).finally(() => {
        telling = false;
      });
    }
    await ports.timers.sleep(Math.max(20, ttlMs / 10), signal);
    const now = await ports.ledger.get(keys.lease(slot));
    if (now?.version !== seen.version) return;
    const next = await ports.ledger.get(keys.leaseRenewal(slot));
    if (next?.version !== renewal?.version) {
      renewal = next;
      since = ports.monotonic.now();
    }
  }
}

function holdLease(
  options: LeaseOptions,
  ports: LeasePorts,
  taken: { readonly epoch: number; readonly version: number; readonly renewalVersion: number; readonly since: number },
): Lease {
  const { slot, owner, ttlMs } = options;
  let since = taken.since;
  let renewalVersion = taken.renewalVersion;
  let ended = false;
  let renewing: Promise<void> | undefined;
  const lost = Promise.withResolvers<string>();
  const guard = (): Write => ({ kind: 'check', key: keys.lease(slot), expected: taken.version });
  const holds = (): boolean => !ended && ports.monotonic.now() - since < ttlMs;
  const end = (reason: string): void => {
    if (ended) return;
    ended = true;
    stopRenewing();
    lost.resolve(reason);
  };

  const renew = async (): Promise<void> => {
    if (!holds()) return end(`the lease of ${slot} was not renewed within ${ttlMs} ms`);
    const asked = ports.monotonic.now();
    const outcome = await ports.ledger.commit({
      token: `lease:${slot}:${taken.epoch}:${owner}:${renewalVersion}`,
      keepTokenMs: RENEWAL_TOKEN_MS,
      writes: [
        guard(),
        {
          kind: 'put',
          key: keys.leaseRenewal(slot),
          expected: renewalVersion,
          value: { epoch: taken.epoch, count: renewalVersion },
        },
      ],
      audit: [],
      events: [],
    });
    if (outcome.outcome === 'conflict') return end(`another trader has taken the lease of ${slot}`);
    renewalVersion += 1;
    since = asked;
  };
  const stopRenewing = ports.timers.every(ttlMs / 3, () => {
    renewing ??= renew()
      .catch((error: unknown) => ports.log.warn('the lease could not be renewed', { slot, error }))
      .finally(() => {
        renewing = undefined;
      });
  });

  return {
    epoch: taken.epoch,
    holds,
    guard,
    lost: lost.promise,
    release: async () => {
      stopRenewing();
      await renewing;
      if (ended) return;
      ended = true;
      const outcome = await ports.ledger.commit({
        token: `lease:${slot}:${taken.epoch}:${owner}:release`,
        writes: [
          { kind: 'put', key: keys.lease(slot), expected: taken.version, value: { owner: null, epoch: taken.epoch } },
        ],
        audit: [],
        events: [],
      });
      if (outcome.outcome === 'conflict')
        throw new AresError(
          'LEASE_LOST',
          `the lease of ${slot} must be ours when it is given back, was taken by another trader`,
        );
    },
  };
}
