import { AresError } from '../ares-error.ts';
import { commandTime } from '../events/command-time.ts';
import { keys } from '../ledger-keys.ts';
import { type RegisterRequest, registerCandidate } from '../models/register-candidate.ts';
import type { SlotId } from '../models/slot.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { WallClock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { ModelStore } from '../ports/model-store.ts';
import type { PredictorLoader } from '../ports/predictor.ts';
import { CONFLICT, retryOnConflict } from '../retry-on-conflict.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';
import { candidateMeasurements } from './candidate-measurements.ts';
import { candidateRun } from './candidate-run.ts';
import { findVersionOfCandidate } from './champion-version.ts';
import { ATTEMPTS } from './change-registry.ts';
import { refuseSlotTag } from './change-version.ts';
import type { ModelSources } from './model-sources.ts';
import { findVersion, type ModelVersion, putVersion } from './model-version.ts';
import { readOnnx } from './read-onnx.ts';
import { putRegisteredModel, readRegisteredModel, type StoredRegisteredModel } from './registered-model.ts';
import { misfit, throwAsMlflow } from './registration-fault.ts';
import { requireSlotUse } from './require-slot-use.ts';
import { type NewVersion, type VersionDraft, versionAudit, withVersion } from './version-draft.ts';

export interface CandidatePorts {
  readonly ledger: Ledger;
  readonly modelStore: ModelStore;
  readonly artifactStore: ArtifactStore;
  readonly predictorLoader: Pick<PredictorLoader, 'readSignature'>;
  readonly wallClock: WallClock;
  readonly sources: ModelSources;
}

/** The registered model has changed since the version's number was taken from it. */
class StaleModel extends Error {}

/**
 * Adds a version that is a candidate of the model's slot.
 *
 * Version, number and candidate are one commit, that of the registration: they stand or fall together, and a crash before it leaves nothing but the model's bytes under their hash,
 * which the next attempt finds stored.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE when the model does not fit, and nothing is registered; PERMISSION_DENIED
 */
export async function createCandidateVersion(
  wish: NewVersion,
  draft: VersionDraft,
  ports: CandidatePorts,
): Promise<ModelVersion> {
  const { ledger, wallClock, sources } = ports;
  const { model: first } = await readRegisteredModel(ledger, wish.name);
  requireSlotUse(wish, first);
  const run = draft.runId === '' ? undefined : await sources.run(draft.runId);
  const measured = candidateMeasurements(run, draft.tags);
  const bytes = await readOnnx(draft.storage, ports);
  return retryOnConflict(
    `the next version of ${wish.name}`,
    async () => {
      const stored = await readRegisteredModel(ledger, wish.name);
      const { slot } = stored.model;
      if (slot === null)
        throw new MlflowError(
          'TEMPORARILY_UNAVAILABLE',
          `registered model ${wish.name} was unbound meanwhile: try again`,
        );
      const now = await commandTime(ledger, wallClock, slot);
      const params = {
        ...measured.params,
        'mlflow.model': wish.name,
        'mlflow.version': String(stored.model.versions + 1),
        ...(draft.runId === '' ? {} : { 'mlflow.run_id': draft.runId }),
      };
      const request = { ...wish, ...measured, params, now, slot, model: { bytes } };
      return attempt(wish, draft, { stored, request }, ports);
    },
    ATTEMPTS,
  ).catch(throwAsMlflow);
}

interface Attempt {
  readonly stored: StoredRegisteredModel;
  readonly request: Omit<RegisterRequest, 'runId'>;
}

async function attempt(
  wish: NewVersion,
  draft: VersionDraft,
  { stored, request }: Attempt,
  ports: CandidatePorts,
): Promise<ModelVersion | typeof CONFLICT> {
  const { ledger } = ports;
  const { model } = stored;
  const { slot } = request;
  const number = model.versions + 1;
  // A name may come again, after a deletion or a new name: then the command's own id tells the runs apart.
  for (const suffix of ['', wish.id.slice(0, 8)]) {
    const runId = candidateRun(wish.name, number, suffix);
    const own = await ownVersion(wish, slot, runId, ledger);
    if (own) return own;
    const version: ModelVersion = { ...draft, modelId: model.id, version: number, candidate: { slot, runId } };
    refuseTags(version, stored);
    try {
      const together = () => besides(wish, version, stored, ledger);
      const outcome = await registerCandidate({ ...request, runId, together }, ports);
      if (outcome.outcome === 'registered') return version;
      if (outcome.outcome === 'refused') throw misfit(outcome.reason);
      const done = await ownVersion(wish, slot, runId, ledger);
      if (done) return done;
    } catch (error) {
      if (error instanceof StaleModel) return CONFLICT;
      if (!(error instanceof AresError && error.code === 'RUN_ID_TAKEN')) throw error;
    }
  }
  return CONFLICT;
}

/** What this very command made before, when the answer to its commit was lost. */
async function ownVersion(
  { id }: NewVersion,
  slot: SlotId,
  runId: string,
  ledger: Ledger,
): Promise<ModelVersion | undefined> {
  const known = await findVersionOfCandidate(ledger, slot, runId);
  if (known?.command !== id) return undefined;
  return (await findVersion(ledger, known.modelId, known.version))?.version;
}

function refuseTags(version: ModelVersion, { model }: StoredRegisteredModel): void {
  for (const [key] of version.tags) refuseSlotTag(version, model, key);
}

async function besides(
  wish: NewVersion,
  version: ModelVersion,
  stored: StoredRegisteredModel,
  ledger: Ledger,
): Promise<Awaited<ReturnType<NonNullable<RegisterRequest['together']>>>> {
  const { candidate, modelId, version: number } = version;
  const current = await readRegisteredModel(ledger, wish.name);
  if (current.model.id !== modelId || current.revision !== stored.revision || candidate === null)
    throw new StaleModel();
  const next = await withVersion(ledger, stored.model, version);
  const pointer = { modelId, version: number, command: wish.id };
  return {
    writes: [
      putRegisteredModel(next, stored.revision),
      putVersion(version, 'absent'),
      {
        kind: 'put',
        key: keys.versionOfCandidate(candidate.slot, candidate.runId),
        expected: 'absent',
        value: pointer,
      },
    ],
    audit: [versionAudit(wish, version)],
  };
}
