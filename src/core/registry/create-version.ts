import type { Ledger } from '../ports/ledger.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';
import { changeRegistry } from './change-registry.ts';
import { checkModelName, checkTag } from './check-names.ts';
import { type CandidatePorts, createCandidateVersion } from './create-candidate-version.ts';
import { type ModelVersion, putVersion } from './model-version.ts';
import { putRegisteredModel, readRegisteredModel } from './registered-model.ts';
import { type ResolvedSource, resolveSource } from './resolve-source.ts';
import { type TextPairs, withPair } from './text-pairs.ts';
import { type NewVersion, type VersionDraft, versionAudit, withVersion } from './version-draft.ts';

/** A run id becomes part of a key. */
const MAX_RUN_ID = 256;

/**
 * Adds a version to a registered model; of one that is bound to a slot it becomes the slot's candidate as well, in the same commit.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, PERMISSION_DENIED
 */
export async function createVersion(wish: NewVersion, ports: CandidatePorts): Promise<ModelVersion> {
  const { name, now } = wish;
  const resolved = await resolveSource(wish, ports);
  checkModelName(name);
  for (const [key, value] of wish.tags) checkTag(key, value);
  if (resolved.runId.length > MAX_RUN_ID) {
    throw new MlflowError('INVALID_PARAMETER_VALUE', `'run_id' exceeds the maximum length of ${MAX_RUN_ID} characters`);
  }
  const draft: VersionDraft = {
    createdAt: now,
    updatedAt: now,
    createdBy: wish.user,
    description: wish.description,
    source: resolved.source,
    storage: resolved.storage,
    runId: resolved.runId,
    runLink: wish.runLink,
    tags: wish.tags
      .reduce((all, [key, value]) => withPair(all, key, value), [] as TextPairs<string>)
      .map(([key, value]) => [key, value]),
    stage: 'None',
  };
  const { model } = await readRegisteredModel(ports.ledger, name);
  const version =
    model.slot === null
      ? await addVersion(wish, draft, ports.ledger)
      : await createCandidateVersion(wish, draft, ports);
  await noteOrigin(wish, resolved, version, ports);
  return version;
}

function addVersion(wish: NewVersion, draft: VersionDraft, ledger: Ledger): Promise<ModelVersion> {
  const { name } = wish;
  return changeRegistry(ledger, wish, 'version', async () => {
    const { model, revision } = await readRegisteredModel(ledger, name);
    if (model.slot !== null) {
      throw new MlflowError(
        'TEMPORARILY_UNAVAILABLE',
        `registered model ${name} was bound to a slot meanwhile: try again`,
      );
    }
    const version: ModelVersion = { ...draft, modelId: model.id, version: model.versions + 1, candidate: null };
    const next = await withVersion(ledger, model, version);
    return {
      result: version,
      writes: [putRegisteredModel(next, revision), putVersion(version, 'absent')],
      audit: [versionAudit(wish, version)],
    };
  });
}

async function noteOrigin(
  { name }: NewVersion,
  { modelId }: ResolvedSource,
  { version }: ModelVersion,
  { sources }: CandidatePorts,
): Promise<void> {
  if (modelId !== '') await sources.noteVersion?.(modelId, name, version);
}
