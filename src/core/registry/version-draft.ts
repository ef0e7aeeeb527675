import type { AuditDraft, JsonObject, LedgerReader } from '../ports/ledger.ts';
import { latestAfter } from './latest-after.ts';
import type { ModelVersion } from './model-version.ts';
import type { RegisteredModel } from './registered-model.ts';
import { registryAudit } from './registry-audit.ts';
import type { RegistryWish } from './registry-wish.ts';
import type { SourceClaim } from './resolve-source.ts';
import type { TextPairs } from './text-pairs.ts';

export interface NewVersion extends RegistryWish, SourceClaim {
  readonly name: string;
  readonly description: string;
  readonly runLink: string;
  readonly tags: TextPairs<string>;
}

/** A version that is not written yet. */
export type VersionDraft = Omit<ModelVersion, 'version' | 'candidate' | 'modelId'>;

/** The model once it has this version: the number is given for ever. */
export async function withVersion(
  ledger: LedgerReader,
  model: RegisteredModel,
  version: ModelVersion,
): Promise<RegisteredModel> {
  const latest = await latestAfter(ledger, model, new Map([[version.version, version.stage]]));
  return { ...model, versions: version.version, updatedAt: version.createdAt, latest };
}

/** The audit entry of a new version. */
export function versionAudit(wish: NewVersion, { version, source, runId, candidate }: ModelVersion): AuditDraft {
  const registered: JsonObject = candidate ? { slot: candidate.slot, candidate: candidate.runId } : {};
  return registryAudit(wish, 'ModelVersionCreated', {
    name: wish.name,
    version,
    source,
    mlflowRunId: runId,
    ...registered,
  });
}
