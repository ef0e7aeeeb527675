import { MlflowError } from '../tracking/mlflow-error.ts';
import { inProduction } from './alias.ts';
import { changeRegistry, type RegistryChange } from './change-registry.ts';
import { latestAfter } from './latest-after.ts';
import { versionPages } from './latest-versions.ts';
import { type LiveVersion, liveVersion } from './live-version.ts';
import { type ModelVersion, putVersion, readVersion, type StoredVersion } from './model-version.ts';
import { notACandidate, type PromotionPorts, promoteVersion } from './promote-version.ts';
import { putRegisteredModel, type StoredRegisteredModel } from './registered-model.ts';
import { registryAudit } from './registry-audit.ts';
import type { RegistryWish } from './registry-wish.ts';
import { requireSlotDecision } from './require-slot-use.ts';
import { ACTIVE_STAGES, parseStage, type Stage } from './stage.ts';
import { withdrawal } from './withdraw-candidate.ts';

/** One commit holds them all: a stage never has two versions that both think they replaced the other. */
const MAX_ARCHIVED = 15;

export interface StageWish extends RegistryWish {
  readonly name: string;
  readonly version: string;
  readonly stage: string;
  readonly archiveExisting: boolean;
}

/**
 * Moves a version to a stage. Of a slot's model, Production promotes it, Archived withdraws a candidate, and nothing leaves production so.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, PERMISSION_DENIED, BAD_REQUEST, and what a promotion throws
 */
export async function transitionStage(wish: StageWish, ports: PromotionPorts): Promise<void> {
  const { name, archiveExisting } = wish;
  const { ledger } = ports;
  const stage = parseStage(wish.stage);
  if (archiveExisting && !ACTIVE_STAGES.includes(stage)) {
    throw new MlflowError(
      'INTERNAL_ERROR',
      `Model version transition cannot archive existing model versions because '${wish.stage}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
    );
  }
  const { version, of } = await readVersion(ledger, name, wish.version);
  if (stage === 'Production' && (version.candidate !== null || of.model.slot !== null)) {
    return promoteVersion(wish, { name, version, how: 'stage Production' }, ports);
  }
  return changeRegistry(ledger, wish, 'stage', async () => {
    const stored = await readVersion(ledger, name, wish.version);
    const live = await liveVersion(ledger, stored.version);
    return live.candidate ? moveCandidate(wish, stage, stored, live) : moveOther(wish, stage, stored, ports);
  });
}

type Found = StoredVersion & { readonly of: StoredRegisteredModel };

async function moveCandidate(
  wish: StageWish,
  stage: Stage,
  { version, revision, of }: Found,
  live: LiveVersion,
): Promise<RegistryChange<void>> {
  const { name, now } = wish;
  const { candidate } = live;
  requireSlotDecision(wish, { ...of.model, slot: version.candidate?.slot ?? of.model.slot });
  if (live.stage === 'Production') throw inProduction(of.model, version.version, `go to ${stage}`);
  if (live.stage === stage || !candidate) return { result: undefined };
  const next = { ...version, stage, updatedAt: now };
  const writes = [putVersion(next, revision), putRegisteredModel({ ...of.model, updatedAt: now }, of.revision)];
  const audit = registryAudit(wish, 'ModelVersionStaged', {
    name,
    version: version.version,
    from: live.stage,
    to: stage,
  });
  const { state, runId } = candidate.record;
  if (stage === 'Archived') {
    const withdrawn = withdrawal(wish, candidate, `withdrawn by ${wish.user}`);
    return { result: undefined, writes: [...writes, ...withdrawn.writes], audit: [audit, ...withdrawn.audit] };
  }
  if (state === 'candidate') return { result: undefined, writes, audit: [audit] };
  throw new MlflowError(
    'BAD_REQUEST',
    `version ${version.version} of ${name} must be a candidate to go to ${stage}, its run ${runId} is ${state}: it can only go to Production`,
    { name, version: version.version, state },
  );
}

async function moveOther(
  wish: StageWish,
  stage: Stage,
  { version, revision, of }: Found,
  { ledger }: PromotionPorts,
): Promise<RegistryChange<void>> {
  const { name, now } = wish;
  requireSlotDecision(wish, of.model);
  if (stage === 'Production' && of.model.slot !== null) throw notACandidate(name, version.version);
  const others = wish.archiveExisting ? await inStage(wish, of, stage, version, ledger) : [];
  const moved = new Map<number, Stage>(others.map((other) => [other.version.version, 'Archived']));
  moved.set(version.version, stage);
  const latest = await latestAfter(ledger, of.model, moved);
  const staged = (number: number, from: Stage, to: Stage) =>
    registryAudit(wish, 'ModelVersionStaged', { name, version: number, from, to });
  return {
    result: undefined,
    writes: [
      putRegisteredModel({ ...of.model, latest, updatedAt: now }, of.revision),
      putVersion({ ...version, stage, updatedAt: now }, revision),
      ...others.map((other) => putVersion({ ...other.version, stage: 'Archived', updatedAt: now }, other.revision)),
    ],
    audit: [
      registryAudit(wish, 'ModelVersionStaged', {
        name,
        version: version.version,
        from: version.stage,
        to: stage,
        archived: others.map((other) => other.version.version),
      }),
      ...(others.length > 4 ? [] : others.map((other) => staged(other.version.version, stage, 'Archived'))),
    ],
  };
}

/** The versions that leave a stage to this one; a slot's models are not among them, their slot replaces them. */
async function inStage(
  wish: StageWish,
  { model }: StoredRegisteredModel,
  stage: Stage,
  next: ModelVersion,
  ledger: PromotionPorts['ledger'],
): Promise<readonly StoredVersion[]> {
  const found: StoredVersion[] = [];
  for await (const versions of versionPages(ledger, model.id)) {
    for (const { version } of versions) {
      if (version.stage !== stage || version.candidate !== null || version.version === next.version) continue;
      found.push(await readVersion(ledger, wish.name, String(version.version)));
    }
  }
  if (found.length <= MAX_ARCHIVED) return found;
  throw new MlflowError(
    'BAD_REQUEST',
    `at most ${MAX_ARCHIVED} versions can be archived at once, ${found.length} of ${wish.name} are in ${stage}: move some to Archived one by one first`,
    { name: wish.name, count: found.length },
  );
}
