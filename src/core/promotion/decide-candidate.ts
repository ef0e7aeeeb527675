import type { LiveConfig } from '../config/live-config.ts';
import { newEvent } from '../events/catalogue.ts';
import { type Command, metadataOf } from '../events/command.ts';
import { checkModelBytes } from '../models/check-model-bytes.ts';
import { type ModelState, transition } from '../models/lifecycle.ts';
import { modelAudit } from '../models/model-audit.ts';
import { putModel, type StoredModel } from '../models/model-record.ts';
import { readModel } from '../models/read-models.ts';
import type { RunId } from '../models/run-id.ts';
import type { SlotId } from '../models/slot.ts';
import type { Commit, Ledger } from '../ports/ledger.ts';
import type { ModelStore } from '../ports/model-store.ts';
import { CONFLICT, retryOnConflict } from '../retry-on-conflict.ts';
import { archiveUnloadable } from './archive-unloadable.ts';
import { changeChampion } from './change-champion.ts';
import { checkDeployment, type Deployment, isCurrent, putDeployment, readDeployment } from './deployment.ts';
import { judgeCandidate, type Verdict } from './judge-candidate.ts';

/** What became of one candidate, and why. */
export type CandidateOutcome = { readonly runId: RunId; readonly reason: string } & (
  | { readonly outcome: 'promoted'; readonly previousRunId: RunId | null }
  | { readonly outcome: 'evaluated_inferior'; readonly championRunId: RunId | null }
  /** Its bytes are gone or damaged: archived. */
  | { readonly outcome: 'unloadable' }
  /** It stays a candidate until it is measured like the champion, or a person decides. */
  | { readonly outcome: 'not_comparable' | 'manual'; readonly championRunId: RunId | null }
  /** Somebody else decided on it meanwhile. */
  | { readonly outcome: 'already_decided'; readonly state: ModelState }
);

interface DecisionPorts {
  readonly ledger: Ledger;
  readonly modelStore: ModelStore;
}

/** Compares one candidate with the champion of this moment and writes what follows; of one that must wait only why, and that once. */
export function decideCandidate(
  command: Command,
  slot: SlotId,
  runId: RunId,
  policy: LiveConfig['promotion'],
  { ledger, modelStore }: DecisionPorts,
): Promise<CandidateOutcome> {
  return retryOnConflict(`the decision on candidate ${runId}`, async () => {
    const deployment = await readDeployment(ledger, slot);
    const candidate = await readModel(ledger, slot, runId);
    const { state, reason, modelHash } = candidate.record;
    if (state !== 'candidate') return { runId, outcome: 'already_decided', state, reason };
    const { championRunId } = deployment;
    const champion = championRunId === null ? undefined : await readModel(ledger, slot, championRunId);
    const verdict = judgeCandidate(candidate.record, champion?.record, policy);
    const token = `${command.id}:${slot}:${runId}`;

    if (verdict.verdict === 'not_comparable' || verdict.verdict === 'manual') {
      const outcome = { runId, outcome: verdict.verdict, championRunId, reason: verdict.reason };
      if (isNoted(candidate, outcome)) return outcome;
      const commit = noteWaiting(command, `${token}:waits:${candidate.version}`, deployment, candidate, verdict);
      return settle(ledger, commit, outcome);
    }
    if (verdict.verdict === 'inferior') {
      const commit = markInferior(command, `${token}:inferior`, deployment, candidate, verdict);
      return settle(ledger, commit, { runId, outcome: 'evaluated_inferior', championRunId, reason: verdict.reason });
    }
    const bytes = await checkModelBytes(modelStore, modelHash);
    if (!bytes.ok) {
      const commit = archiveUnloadable(command, { token: `${token}:unloadable`, deployment, model: candidate, bytes });
      return settle(ledger, commit, { runId, outcome: 'unloadable', reason: bytes.reason });
    }
    if (!(await isCurrent(ledger, deployment))) return CONFLICT;
    const commit = changeChampion(command, {
      change: 'promoted',
      token: `${token}:promoted`,
      deployment,
      next: candidate,
      previous: champion,
      reason: verdict.reason,
      details: { policy: policy.policy, overruled: false, ...verdict.figures },
    });
    return settle(ledger, commit, { runId, outcome: 'promoted', previousRunId: championRunId, reason: verdict.reason });
  });
}

async function settle(
  ledger: Ledger,
  commit: Commit,
  outcome: CandidateOutcome,
): Promise<CandidateOutcome | typeof CONFLICT> {
  return (await ledger.commit(commit)).outcome === 'conflict' ? CONFLICT : outcome;
}

function markInferior(
  command: Command,
  token: string,
  deployment: Deployment,
  candidate: StoredModel,
  { reason, figures }: Extract<Verdict, { verdict: 'inferior' }>,
): Commit {
  const { slot, championRunId } = deployment;
  const model = { ...transition(candidate.record, 'evaluated_inferior', reason, command.now), waiting: null };
  const metadata = metadataOf(command, { token, index: 0, slot, sequence: deployment.version + 1 });
  return {
    token,
    writes: [putDeployment(deployment), putModel(model, candidate.version)],
    audit: [modelAudit(command, 'CandidateEvaluated', model, 'candidate', { championRunId, ...figures })],
    events: [newEvent('CandidateEvaluated', metadata, { runId: model.runId, championRunId, ...figures, reason })],
  };
}

function isNoted(
  { record: { waiting } }: StoredModel,
  { championRunId, reason }: { readonly championRunId: RunId | null; readonly reason: string },
): boolean {
  return waiting?.championRunId === championRunId && waiting.reason === reason;
}

/** Why a candidate waits, and against which champion: nothing is decided, so no event tells of it. */
function noteWaiting(
  command: Command,
  token: string,
  deployment: Deployment,
  candidate: StoredModel,
  { verdict, reason }: Verdict,
): Commit {
  const { championRunId } = deployment;
  const model = { ...candidate.record, waiting: { championRunId, reason } };
  return {
    token,
    writes: [checkDeployment(deployment), putModel(model, candidate.version)],
    audit: [modelAudit(command, 'CandidateWaits', model, 'candidate', { championRunId, verdict, finding: reason })],
    events: [],
  };
}
