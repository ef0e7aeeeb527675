import { AresError } from '../ares-error.ts';
import { readConfig } from '../config/read-config.ts';
import { commandTime } from '../events/command-time.ts';
import type { WallClock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { ModelStore } from '../ports/model-store.ts';
import { promote } from '../promotion/promote.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';
import type { ModelVersion } from './model-version.ts';
import type { RegistryWish } from './registry-wish.ts';

export interface PromotionPorts {
  readonly ledger: Ledger;
  readonly modelStore: ModelStore;
  readonly wallClock: WallClock;
}

/**
 * Puts a version that is a slot's model into production: the same transaction, gate and audit entry as the command `promote`.
 *
 * The setting `registry.apiMayOverrule` says whether that may happen against the gate.
 *
 * @param how what the client asked for, for the audit trail
 * @throws MlflowError PERMISSION_DENIED; BAD_REQUEST with the gate's reason; INVALID_PARAMETER_VALUE for a version that is no model of a slot
 */
export async function promoteVersion(
  wish: RegistryWish,
  { name, version, how }: { readonly name: string; readonly version: ModelVersion; readonly how: string },
  ports: PromotionPorts,
): Promise<void> {
  const { candidate } = version;
  if (candidate === null) throw notACandidate(name, version.version);
  const { slot, runId } = candidate;
  if (!wish.can('lifecycle') || !wish.mayUse(slot)) {
    throw new MlflowError('PERMISSION_DENIED', `${wish.user} must be allowed to decide what slot ${slot} trades with`);
  }
  const { config } = await readConfig(ports.ledger);
  const now = await commandTime(ports.ledger, ports.wallClock, slot);
  const reason = `${how} of version ${version.version} of ${name} by ${wish.user}`;
  const mayOverrule = config.registry.apiMayOverrule;
  const outcome = await promote({ ...wish, now, slot, runId, reason, mayOverrule }, ports).catch(asMlflow);
  if (outcome.outcome === 'promoted' || outcome.outcome === 'already_production') return;
  const what = `version ${version.version} of ${name} (run ${runId} in slot ${slot})`;
  throw new MlflowError('BAD_REQUEST', `${what} was not promoted: ${whyNot(outcome)}`, { slot, runId });
}

function whyNot(outcome: Exclude<Awaited<ReturnType<typeof promote>>, { outcome: 'promoted' | 'already_production' }>) {
  switch (outcome.outcome) {
    case 'refused':
      return `the gate would not promote it, and registry.apiMayOverrule is false. ${outcome.reason}. A person may overrule the gate: ./ares promote ${outcome.runId}`;
    case 'unloadable':
      return outcome.reason;
    case 'superseded':
      return `${outcome.championRunId ?? 'nothing'} is in production since`;
  }
}

function asMlflow(error: unknown): never {
  if (!(error instanceof AresError)) throw error;
  if (error.code === 'TRANSITION_ILLEGAL') throw new MlflowError('BAD_REQUEST', error.message, error.data, error);
  throw error;
}

export const notACandidate = (name: string, version: number): MlflowError =>
  new MlflowError(
    'BAD_REQUEST',
    `a version of ${name} must have been created while the model was bound to its slot to go into production there, version ${version} was not: create it anew, from models:/${name}/${version}`,
    { name, version },
  );
