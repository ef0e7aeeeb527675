import type { Ledger } from '../ports/ledger.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';
import { liveAliases } from './champion-version.ts';
import { changeRegistry } from './change-registry.ts';
import { checkModelName, checkTag, checkTagKey, parseVersionNumber } from './check-names.ts';
import { type LiveVersion, liveVersion } from './live-version.ts';
import { type ModelVersion, putVersion, readVersion } from './model-version.ts';
import type { RegisteredModel } from './registered-model.ts';
import { registryAudit } from './registry-audit.ts';
import { RUN_TAG, STATE_TAG } from './registry-json.ts';
import type { RegistryWish } from './registry-wish.ts';
import { requireSlotUse } from './require-slot-use.ts';
import { pairValue, type TextPairs, withoutPair, withPair } from './text-pairs.ts';

interface Ports {
  readonly ledger: Ledger;
}

export interface VersionWish extends RegistryWish {
  readonly name: string;
  readonly version: string;
}

export interface ReadVersion {
  readonly model: RegisteredModel;
  readonly live: LiveVersion;
  readonly aliases: TextPairs<number>;
}

/** A version as clients see it. @throws MlflowError INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST */
export async function readLiveVersion(ledger: Ports['ledger'], name: string, version: string): Promise<ReadVersion> {
  const found = await readVersion(ledger, name, version);
  const { model } = found.of;
  return { model, live: await liveVersion(ledger, found.version), aliases: await liveAliases(ledger, model) };
}

/** Gives a version another description; `null` takes it away. @throws MlflowError INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, PERMISSION_DENIED */
export function describeVersion(
  wish: VersionWish & { readonly description: string | null },
  { ledger }: Ports,
): Promise<void> {
  const { name, description, now } = wish;
  return changeRegistry(ledger, wish, 'version description', async () => {
    const { version, revision, of } = await readVersion(ledger, name, wish.version);
    requireSlotUse(wish, of.model);
    return {
      result: undefined,
      writes: [putVersion({ ...version, description, updatedAt: now }, revision)],
      audit: [registryAudit(wish, 'ModelVersionUpdated', { name, version: version.version, description })],
    };
  });
}

/** @throws MlflowError INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, PERMISSION_DENIED; BAD_REQUEST for a tag that is the slot's word */
export function setVersionTag(
  wish: VersionWish & { readonly key: string; readonly value: string },
  { ledger }: Ports,
): Promise<void> {
  const { name, key, value } = wish;
  checkModelName(name);
  parseVersionNumber(wish.version);
  checkTag(key, value);
  return changeTags(wish, ledger, (version) => {
    if (pairValue(version.tags, key) === value) return undefined;
    return { tags: withPair(version.tags, key, value), eventType: 'ModelVersionTagged', details: { key, value } };
  });
}

/** Takes a tag away, if it is there. Errors as {@link setVersionTag}. */
export function deleteVersionTag(wish: VersionWish & { readonly key: string }, { ledger }: Ports): Promise<void> {
  const { name, key } = wish;
  checkModelName(name);
  parseVersionNumber(wish.version);
  checkTagKey(key);
  return changeTags(wish, ledger, (version) => {
    if (pairValue(version.tags, key) === undefined) return undefined;
    return { tags: withoutPair(version.tags, key), eventType: 'ModelVersionUntagged', details: { key } };
  });
}

interface TagChange {
  readonly tags: TextPairs<string>;
  readonly eventType: 'ModelVersionTagged' | 'ModelVersionUntagged';
  readonly details: Readonly<Record<string, string>>;
}

function changeTags(
  wish: VersionWish & { readonly key: string },
  ledger: Ledger,
  decide: (version: ModelVersion) => TagChange | undefined,
): Promise<void> {
  return changeRegistry(ledger, wish, 'version tag', async () => {
    const { version, revision, of } = await readVersion(ledger, wish.name, wish.version);
    requireSlotUse(wish, of.model);
    refuseSlotTag(version, of.model, wish.key);
    const change = decide(version);
    if (!change) return { result: undefined };
    const tags = change.tags.map(([key, value]): [string, string] => [key, value]);
    return {
      result: undefined,
      writes: [putVersion({ ...version, tags }, revision)],
      audit: [registryAudit(wish, change.eventType, { name: wish.name, version: version.version, ...change.details })],
    };
  });
}

/** What a slot's model is, and in which state, cannot be said by a tag. @throws MlflowError BAD_REQUEST */
export function refuseSlotTag(
  { candidate, version }: Pick<ModelVersion, 'candidate' | 'version'>,
  { name }: RegisteredModel,
  key: string,
): void {
  if (candidate === null || (key !== STATE_TAG && key !== RUN_TAG)) return;
  throw new MlflowError(
    'BAD_REQUEST',
    `tag ${key} of version ${version} of ${name} is what slot ${candidate.slot} says of it and must not be set: move the version to stage Production or set its alias champion, or run ./ares promote ${candidate.runId}`,
    { name, version, key },
  );
}
