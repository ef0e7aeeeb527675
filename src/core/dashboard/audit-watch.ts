import { messageOf } from '../ares-error.ts';
import { verifyAudit } from '../audit/verify-audit.ts';
import type { Monotonic, WallClock } from '../ports/clock.ts';
import type { LedgerReader } from '../ports/ledger.ts';

/** What the last full verification of the audit chains found. */
export interface AuditState {
  /** `pending`: the first verification has not ended. `unknown`: the last one could not be carried out. */
  readonly state: 'pending' | 'valid' | 'broken' | 'unknown';
  readonly entries: number;
  /** Where and how the chain is broken, or why it could not be verified. */
  readonly problem: string | null;
  /** Wall time of the verification's end. */
  readonly verifiedAt: number | null;
}

export interface AuditWatch {
  current(): AuditState;
  /** Verifies everything again, unless that was done just now; resolves when the verification that runs has ended. */
  refresh(): Promise<void>;
}

const REST_MS = 5_000;
/** A verification takes at most one part in so many of the time. */
const SHARE = 20;

/** Verifies the audit chains again and again, from their first entry, and rests in between the longer the more there is. */
export function createAuditWatch(ports: {
  readonly ledger: LedgerReader;
  readonly monotonic: Monotonic;
  readonly wallClock: WallClock;
}): AuditWatch {
  const { ledger, monotonic, wallClock } = ports;
  let state: AuditState = { state: 'pending', entries: 0, problem: null, verifiedAt: null };
  let running: Promise<void> | undefined;
  let restUntil = Number.NEGATIVE_INFINITY;

  const verify = async (): Promise<void> => {
    const began = monotonic.now();
    try {
      const result = await verifyAudit(ledger);
      const verifiedAt = wallClock.now();
      state = result.valid
        ? { state: 'valid', entries: result.entries, problem: null, verifiedAt }
        : {
            state: 'broken',
            entries: state.entries,
            problem: `${result.problem} at entry ${result.sequence} of ${result.stream}`,
            verifiedAt,
          };
    } catch (error) {
      state = { ...state, state: 'unknown', problem: messageOf(error), verifiedAt: wallClock.now() };
    } finally {
      const ended = monotonic.now();
      restUntil = ended + Math.max(REST_MS, SHARE * (ended - began));
      running = undefined;
    }
  };

  return {
    current: () => state,
    refresh() {
      if (!running && monotonic.now() >= restUntil) running = verify();
      return running ?? Promise.resolve();
    },
  };
}
