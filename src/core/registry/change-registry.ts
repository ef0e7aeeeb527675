import type { Command } from '../events/command.ts';
import type { AuditDraft, Ledger, Write } from '../ports/ledger.ts';
import { CONFLICT, retryOnConflict } from '../retry-on-conflict.ts';
import { orTooLarge } from '../tracking/or-too-large.ts';

/** Of writers that meet again and again one gets through each time. */
export const ATTEMPTS = 40;

const TOO_LARGE =
  'the tags, aliases and description of one registered model or version must have less than 370 KB together: delete some tags, or log long texts as artifacts';

/** What one attempt decided: nothing to write, or all of it. */
export interface RegistryChange<Result> {
  readonly result: Result;
  readonly writes?: readonly Write[];
  readonly audit?: readonly AuditDraft[];
}

/**
 * Reads, decides and commits, again after each conflict with another writer.
 *
 * @param step names the commit among those of one command
 * @throws AresError `LEDGER_CONTENDED` when other writers always came between; MlflowError INVALID_PARAMETER_VALUE when an item would grow too large; what `attempt` throws
 */
export async function changeRegistry<Result>(
  ledger: Ledger,
  command: Command,
  step: string,
  attempt: () => Promise<RegistryChange<Result>>,
): Promise<Result> {
  try {
    const tryOnce = async () => {
      const { result, writes = [], audit = [] } = await attempt();
      if (writes.length === 0) return result;
      const committed = await ledger.commit({ token: `registry:${command.id}:${step}`, writes, audit, events: [] });
      return committed.outcome === 'conflict' ? CONFLICT : result;
    };
    return await retryOnConflict(step, tryOnce, ATTEMPTS);
  } catch (error) {
    throw orTooLarge(error, TOO_LARGE);
  }
}
