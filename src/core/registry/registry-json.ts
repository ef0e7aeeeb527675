import type { Json, JsonObject } from '../ports/ledger.ts';
import type { LiveVersion } from './live-version.ts';
import type { RegisteredModel } from './registered-model.ts';
import { type TextPairs, withPair } from './text-pairs.ts';

/** The tag that binds a registered model to a slot. */
export const SLOT_TAG = 'ares.slot';
/** Tags of a version that is a slot's model: which one, and its state there. They are the slot's to set. */
export const RUN_TAG = 'ares.run';
export const STATE_TAG = 'model_status';

/** Lists that hold nothing are left out, as protobuf's JSON does. */
const list = (name: string, items: readonly Json[]): JsonObject => (items.length > 0 ? { [name]: items } : {});
const tagList = (tags: TextPairs<string>): JsonObject =>
  list(
    'tags',
    tags.map(([key, value]) => ({ key, value })),
  );

/** Tags as they are seen: with the slot's word where a version or a model has one. */
export function versionTags({ version, candidate }: LiveVersion): TextPairs<string> {
  if (!candidate) return version.tags;
  const { runId, state } = candidate.record;
  return withPair(withPair(version.tags, RUN_TAG, runId), STATE_TAG, state);
}

export const modelTags = ({ tags, slot }: RegisteredModel): TextPairs<string> =>
  slot === null ? tags : withPair(tags, SLOT_TAG, slot);

/** A `ModelVersion` of MLflow's REST API; without `aliases` where MLflow leaves them out too. */
export function versionJson(
  { name, renamedAt }: Pick<RegisteredModel, 'name' | 'renamedAt'>,
  live: LiveVersion,
  aliases: TextPairs<number> = [],
): JsonObject {
  const { version, createdAt, updatedAt, description, source, runId, runLink } = live.version;
  return {
    name,
    version: String(version),
    creation_timestamp: createdAt,
    last_updated_timestamp: lastUpdated(updatedAt, createdAt, renamedAt),
    current_stage: live.stage,
    ...(description === null ? {} : { description }),
    source,
    run_id: runId,
    status: 'READY',
    ...tagList(versionTags(live)),
    run_link: runLink,
    ...list(
      'aliases',
      aliases.filter(([, named]) => named === version).map(([alias]) => alias),
    ),
  };
}

/** A new name of the model changes the versions that were there. */
export const lastUpdated = (updatedAt: number, createdAt: number, renamedAt: number | null): number =>
  renamedAt !== null && renamedAt >= createdAt ? Math.max(updatedAt, renamedAt) : updatedAt;

/** A `RegisteredModel` of MLflow's REST API. */
export function modelJson(
  model: RegisteredModel,
  latest: readonly LiveVersion[] = [],
  aliases: TextPairs<number> = [],
): JsonObject {
  const { name, createdAt, updatedAt, description } = model;
  return {
    name,
    creation_timestamp: createdAt,
    last_updated_timestamp: updatedAt,
    ...(description === '' ? {} : { description }),
    ...list(
      'latest_versions',
      latest.map((live) => versionJson(model, live)),
    ),
    ...tagList(modelTags(model)),
    ...list(
      'aliases',
      aliases.map(([alias, version]) => ({ alias, version: String(version) })),
    ),
  };
}
