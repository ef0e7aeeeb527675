import { keys } from '../ledger-keys.ts';
import type { Ledger } from '../ports/ledger.ts';
import { inProduction } from './alias.ts';
import { championVersion } from './champion-version.ts';
import { changeRegistry } from './change-registry.ts';
import type { VersionWish } from './change-version.ts';
import { latestAfter } from './latest-after.ts';
import { versionPages } from './latest-versions.ts';
import { liveVersion } from './live-version.ts';
import { readVersion } from './model-version.ts';
import { putRegisteredModel, type RegisteredModel, readRegisteredModel } from './registered-model.ts';
import { registryAudit } from './registry-audit.ts';
import type { RegistryWish } from './registry-wish.ts';
import { requireSlotUse } from './require-slot-use.ts';
import { withdrawal } from './withdraw-candidate.ts';

interface Ports {
  readonly ledger: Ledger;
}

/** Deletes a version and its aliases; its number is never given again, and a candidate is withdrawn. @throws MlflowError INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, PERMISSION_DENIED; BAD_REQUEST in production */
export function deleteVersion(wish: VersionWish, { ledger }: Ports): Promise<void> {
  const { name, now } = wish;
  return changeRegistry(ledger, wish, `deletion of version ${wish.version.slice(0, 20)}`, async () => {
    const { version, revision, of } = await readVersion(ledger, name, wish.version);
    const { model } = of;
    const number = version.version;
    requireSlotUse(wish, { ...model, slot: version.candidate?.slot ?? model.slot });
    const { stage, candidate } = await liveVersion(ledger, version);
    if (candidate && stage === 'Production') throw inProduction(model, number, 'be deleted');
    const withdrawn = candidate ? withdrawal(wish, candidate, `version deleted by ${wish.user}`) : undefined;
    const pointer =
      version.candidate && (await ledger.get(keys.versionOfCandidate(version.candidate.slot, version.candidate.runId)));
    const next = {
      ...model,
      updatedAt: now,
      aliases: model.aliases.filter(([, named]) => named !== number),
      latest: await latestAfter(ledger, model, new Map([[number, undefined]])),
    };
    return {
      result: undefined,
      writes: [
        putRegisteredModel(next, of.revision),
        { kind: 'delete', key: keys.modelVersion(model.id, number), expected: revision },
        ...(pointer ? [{ kind: 'delete', key: pointer.key, expected: pointer.version } as const] : []),
        ...(withdrawn?.writes ?? []),
      ],
      audit: [
        registryAudit(wish, 'ModelVersionDeleted', { name, version: number, stage, source: version.source }),
        ...(withdrawn?.audit ?? []),
      ],
    };
  });
}

/**
 * Deletes a registered model with all its versions.
 *
 * Candidates are withdrawn one by one first: a crash in between leaves a model with fewer versions, and deleting it again finishes. Then the name goes, and with it the way to
 * what is left, which is cleared away after.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, PERMISSION_DENIED; BAD_REQUEST when a version is in production
 */
export async function deleteRegisteredModel(
  wish: RegistryWish & { readonly name: string },
  { ledger }: Ports,
): Promise<void> {
  const { name } = wish;
  const { model } = await readRegisteredModel(ledger, name);
  requireSlotUse(wish, model);
  await refuseInProduction(ledger, model);
  if (model.everBound) await deleteCandidates(wish, model, ledger);
  await changeRegistry(ledger, wish, 'deletion', async () => {
    const stored = await readRegisteredModel(ledger, name);
    await refuseInProduction(ledger, stored.model);
    const nameKey = keys.registeredModelName(stored.model.id);
    const known = await ledger.get(nameKey);
    return {
      result: undefined,
      writes: [
        { kind: 'delete', key: keys.registeredModel(name), expected: stored.revision },
        ...(known ? [{ kind: 'delete', key: nameKey, expected: known.version } as const] : []),
      ],
      audit: [registryAudit(wish, 'RegisteredModelDeleted', { name, modelId: stored.model.id })],
    };
  });
  await clearVersions(wish, model, ledger);
}

async function refuseInProduction(ledger: Ledger, model: RegisteredModel): Promise<void> {
  const champion = await championVersion(ledger, model);
  if (champion !== undefined) throw inProduction(model, champion, 'be deleted');
}

async function deleteCandidates(wish: RegistryWish, model: RegisteredModel, ledger: Ledger): Promise<void> {
  // Of a model that is bound no longer the champion is found only so; nothing may be deleted before.
  for await (const versions of versionPages(ledger, model.id)) {
    const champion = versions.find(({ stage, candidate }) => candidate && stage === 'Production');
    if (champion) throw inProduction(model, champion.version.version, 'be deleted');
  }
  for await (const versions of versionPages(ledger, model.id)) {
    for (const { version, candidate } of versions) {
      if (!candidate) continue;
      await deleteVersion({ ...wish, name: model.name, version: String(version.version) }, { ledger });
    }
  }
}

const BATCH = 20;

/** Nothing leads to these items any more: they only take space. */
async function clearVersions(wish: RegistryWish, { id }: RegisteredModel, ledger: Ledger): Promise<void> {
  const { table, pk } = keys.modelVersion(id, 0);
  for (let round = 0; ; round++) {
    const { items } = await ledger.query({ table, pk, limit: BATCH });
    if (items.length === 0) return;
    const writes = items.map(({ key, version }) => ({ kind: 'delete', key, expected: version }) as const);
    const token = `registry:${wish.id}:clear:${round}`;
    await ledger.commit({ token, keepTokenMs: 60_000, writes, audit: [], events: [] });
  }
}
