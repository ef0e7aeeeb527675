import { AresError } from '../ares-error.ts';
import type { Command } from '../events/command.ts';
import { checkModelBytes } from '../models/check-model-bytes.ts';
import type { StoredModel } from '../models/model-record.ts';
import { readModel } from '../models/read-models.ts';
import { parseRunId, type RunId } from '../models/run-id.ts';
import type { SlotId } from '../models/slot.ts';
import type { Ledger, LedgerReader } from '../ports/ledger.ts';
import type { ModelHash, ModelStore } from '../ports/model-store.ts';
import { CONFLICT, retryOnConflict } from '../retry-on-conflict.ts';
import { changeChampion } from './change-champion.ts';
import { type Deployment, isCurrent, readDeployment } from './deployment.ts';

export interface RollbackWish {
  readonly slot: SlotId;
  /** The run to go back to; without it the one that was in production before. */
  readonly to?: string;
}

/** Why a rollback cannot be done, or need not be. */
export type NoRollback =
  /** The walk back has come to its beginning, or nothing was ever replaced. */
  | { readonly outcome: 'none_left'; readonly runId: RunId | null }
  | { readonly outcome: 'already_production'; readonly runId: RunId }
  | { readonly outcome: 'unloadable'; readonly runId: RunId; readonly modelHash: ModelHash; readonly reason: string };

export type RollbackPreview =
  | {
      readonly outcome: 'possible';
      /** The champion of this moment: pass it as `from`, so that what is done is what was shown. */
      readonly from: RunId;
      readonly to: RunId;
      readonly modelHash: ModelHash;
    }
  | NoRollback;

export type RollbackOutcome =
  | {
      readonly outcome: 'rolled_back';
      readonly runId: RunId;
      readonly previousRunId: RunId;
      /** This command had been carried out before; nothing was done now. */
      readonly repeated: boolean;
    }
  /** Another model than `from` is in production. */
  | { readonly outcome: 'champion_changed'; readonly expected: RunId; readonly championRunId: RunId }
  /** This command had been carried out before, and the deployment has changed since. */
  | { readonly outcome: 'superseded'; readonly championRunId: RunId }
  | NoRollback;

interface RollbackPorts<L extends LedgerReader> {
  readonly ledger: L;
  readonly modelStore: ModelStore;
}

/** Says what `rollback` would do now, bytes verified, and does nothing. Same errors. */
export async function previewRollback(
  wish: RollbackWish,
  ports: RollbackPorts<LedgerReader>,
): Promise<RollbackPreview> {
  const plan = await planRollback(wish, await readDeployment(ports.ledger, wish.slot), ports);
  if (plan.outcome !== 'possible') return plan;
  const { runId, modelHash } = plan.target.record;
  return { outcome: 'possible', from: plan.champion.record.runId, to: runId, modelHash };
}

/**
 * Takes a slot back to an earlier champion, in one transaction.
 *
 * Repeated without `to` it walks back one model at a time, never to one that was rolled back from.
 *
 * @throws AresError `RUN_ID_INVALID`, `MODEL_UNKNOWN`, `ROLLBACK_TARGET_INVALID` (the named run was never in production)
 */
export async function rollback(
  request: Command & RollbackWish & { readonly from?: string; readonly reason?: string },
  ports: RollbackPorts<Ledger>,
): Promise<RollbackOutcome> {
  const { ledger } = ports;
  const { slot } = request;
  const expected = request.from === undefined ? undefined : parseRunId(request.from);
  const token = `rollback:${slot}:${request.id}`;
  return retryOnConflict(`the rollback of ${slot}`, async () => {
    const deployment = await readDeployment(ledger, slot);
    const done = doneBefore(deployment, token);
    if (done) return done;
    const plan = await planRollback(request, deployment, ports);
    if (plan.outcome !== 'possible') return plan;
    const { champion, target } = plan;
    const championRunId = champion.record.runId;
    if (expected !== undefined && expected !== championRunId)
      return { outcome: 'champion_changed', expected, championRunId };

    if (!(await isCurrent(ledger, deployment))) return CONFLICT;
    const { runId } = target.record;
    const committed = await ledger.commit(
      changeChampion(request, {
        change: 'rolled_back',
        token,
        deployment,
        next: target,
        previous: champion,
        reason: request.reason ?? `rolled back to by ${request.user}`,
        details: { named: request.to !== undefined },
      }),
    );
    if (committed.outcome === 'conflict') return CONFLICT;
    if (!committed.repeated) return { outcome: 'rolled_back', runId, previousRunId: championRunId, repeated: false };
    return { outcome: 'superseded', championRunId };
  });
}

/** The walk back goes on with each call, so a command sent twice must be recognised before the next target is looked for. */
function doneBefore({ lastChange }: Deployment, token: string): RollbackOutcome | undefined {
  if (lastChange?.token !== token || lastChange.previousRunId === null) return undefined;
  const { runId, previousRunId } = lastChange;
  return { outcome: 'rolled_back', runId, previousRunId, repeated: true };
}

type Plan = { readonly outcome: 'possible'; readonly champion: StoredModel; readonly target: StoredModel } | NoRollback;

async function planRollback(
  { slot, to }: RollbackWish,
  deployment: Deployment,
  { ledger, modelStore }: RollbackPorts<LedgerReader>,
): Promise<Plan> {
  const { championRunId, history } = deployment;
  const named = to === undefined ? undefined : await namedTarget(ledger, slot, parseRunId(to));
  if (championRunId === null) return { outcome: 'none_left', runId: null };
  if (named?.record.runId === championRunId) return { outcome: 'already_production', runId: championRunId };
  const champion = await readModel(ledger, slot, championRunId);
  const previous = history.at(-1);
  const target = named ?? (previous && (await readModel(ledger, slot, previous)));
  if (!target) return { outcome: 'none_left', runId: championRunId };
  const { runId, modelHash } = target.record;
  const bytes = await checkModelBytes(modelStore, modelHash);
  return bytes.ok
    ? { outcome: 'possible', champion, target }
    : { outcome: 'unloadable', runId, modelHash, reason: bytes.reason };
}

async function namedTarget(ledger: LedgerReader, slot: SlotId, runId: RunId): Promise<StoredModel> {
  const model = await readModel(ledger, slot, runId);
  if (model.record.promotedAt !== null) return model;
  throw new AresError(
    'ROLLBACK_TARGET_INVALID',
    `run to roll back to must have been in production before, ${runId} was ${model.record.state} and never in production: promote it instead`,
    { slot, runId, state: model.record.state },
  );
}
