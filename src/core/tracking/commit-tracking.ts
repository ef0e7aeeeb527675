import type { AuditDraft, Write } from '../ports/ledger.ts';
import { CONFLICT, retryOnConflict } from '../retry-on-conflict.ts';
import { orTooLarge } from './or-too-large.ts';
import type { TrackingPorts } from './tracking-ports.ts';

/** Nobody sends a commit of tracking again: the expected versions keep it from being applied twice. */
const KEEP_TOKEN_MS = 60_000;
/** Writers of other processes may be many on one run. */
const ATTEMPTS = 30;

const TOO_LARGE =
  "a run's parameters, tags, latest metrics, inputs and outputs, or an experiment's tags, must have less than 380 KB together: log long texts as artifacts, or use several runs";

/** What one attempt decided: nothing to write, or all of it. */
interface TrackingChange<Result> {
  readonly result: Result;
  readonly writes?: readonly Write[];
  readonly audit?: readonly AuditDraft[];
  /** Told which keys another writer had changed, before the next attempt. */
  readonly onConflict?: (keys: readonly { readonly pk: string; readonly sk: string }[]) => void;
}

/**
 * Reads, decides and commits, again after each conflict with another writer.
 *
 * @param what names the change in the error
 * @throws AresError `LEDGER_CONTENDED` when other writers always came between; MlflowError INVALID_PARAMETER_VALUE when an item would grow too large; what `attempt` throws
 */
export async function commitTracking<Result>(
  { ledger, random }: Pick<TrackingPorts, 'ledger' | 'random'>,
  what: string,
  attempt: () => Promise<TrackingChange<Result>>,
): Promise<Result> {
  try {
    return await retryOnConflict(
      what,
      async () => {
        const { result, writes = [], audit = [], onConflict } = await attempt();
        if (writes.length === 0) return result;
        const token = `tracking:${random.id()}`;
        const committed = await ledger.commit({ token, keepTokenMs: KEEP_TOKEN_MS, writes, audit, events: [] });
        if (committed.outcome === 'committed') return result;
        onConflict?.(committed.keys);
        return CONFLICT;
      },
      ATTEMPTS,
    );
  } catch (error) {
    throw orTooLarge(error, TOO_LARGE);
  }
}
