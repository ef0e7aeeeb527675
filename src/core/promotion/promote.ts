import { readConfig } from '../config/read-config.ts';
import type { Command } from '../events/command.ts';
import { checkModelBytes } from '../models/check-model-bytes.ts';
import { readModel } from '../models/read-models.ts';
import { parseRunId, type RunId } from '../models/run-id.ts';
import type { SlotId } from '../models/slot.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { ModelStore } from '../ports/model-store.ts';
import { CONFLICT, retryOnConflict } from '../retry-on-conflict.ts';
import { archiveUnloadable } from './archive-unloadable.ts';
import { changeChampion } from './change-champion.ts';
import { isCurrent, readDeployment } from './deployment.ts';
import { judgeCandidate } from './judge-candidate.ts';

export type PromoteOutcome =
  | {
      readonly outcome: 'promoted';
      readonly runId: RunId;
      readonly previousRunId: RunId | null;
      /** True when the gate would not have promoted it. */
      readonly overruled: boolean;
    }
  | { readonly outcome: 'already_production'; readonly runId: RunId }
  /** This command had been carried out before, and another model is in production since. */
  | { readonly outcome: 'superseded'; readonly runId: RunId; readonly championRunId: RunId | null }
  | { readonly outcome: 'unloadable'; readonly runId: RunId; readonly reason: string }
  /** The gate would not promote it, and the caller may not overrule the gate; nothing was changed. */
  | { readonly outcome: 'refused'; readonly runId: RunId; readonly reason: string };

/**
 * Makes a model the champion by a person's will, whatever the gate says; the audit entry says what the gate would have said.
 *
 * @param request with `mayOverrule` false the gate must agree, or find nothing but that the first champion is for a person to choose
 * @throws AresError `RUN_ID_INVALID`, `MODEL_UNKNOWN`, `TRANSITION_ILLEGAL`
 */
export async function promote(
  request: Command & {
    readonly slot: SlotId;
    readonly runId: string;
    readonly reason?: string;
    readonly mayOverrule?: boolean;
  },
  { ledger, modelStore }: { readonly ledger: Ledger; readonly modelStore: ModelStore },
): Promise<PromoteOutcome> {
  const runId = parseRunId(request.runId);
  const { slot } = request;
  const token = `promote:${slot}:${request.id}`;
  return retryOnConflict(`the promotion of ${runId}`, async () => {
    const deployment = await readDeployment(ledger, slot);
    const model = await readModel(ledger, slot, runId);
    const { championRunId } = deployment;
    if (championRunId === runId) return { outcome: 'already_production', runId };
    const champion = championRunId === null ? undefined : await readModel(ledger, slot, championRunId);

    const bytes = await checkModelBytes(modelStore, model.record.modelHash);
    if (!bytes.ok) {
      if (model.record.state !== 'candidate') return { outcome: 'unloadable', runId, reason: bytes.reason };
      const commit = archiveUnloadable(request, { token, deployment, model, bytes });
      const committed = await ledger.commit(commit);
      return committed.outcome === 'conflict' ? CONFLICT : { outcome: 'unloadable', runId, reason: bytes.reason };
    }
    const { config } = await readConfig(ledger);
    if (!(await isCurrent(ledger, deployment))) return CONFLICT;
    const gate = judgeCandidate(model.record, champion?.record, config.promotion);
    const overruled = gate.verdict === 'inferior' || gate.verdict === 'not_comparable';
    if (overruled && request.mayOverrule === false) return { outcome: 'refused', runId, reason: gate.reason };
    const committed = await ledger.commit(
      changeChampion(request, {
        change: 'promoted',
        token,
        deployment,
        next: model,
        previous: champion,
        reason: request.reason ?? `promoted by ${request.user}`,
        details: { policy: 'manual', overruled, gate: gate.verdict, gateReason: gate.reason },
      }),
    );
    if (committed.outcome === 'conflict') return CONFLICT;
    if (!committed.repeated) return { outcome: 'promoted', runId, previousRunId: championRunId, overruled };
    return { outcome: 'superseded', runId, championRunId };
  });
}
