import * as z from 'zod';
import { parseItem } from '../ledger/parse-item.ts';
import { indexes, keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import type { Expected, Item, LedgerReader, Write } from '../ports/ledger.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';
import { checkModelName, parseVersionNumber } from './check-names.ts';
import { findRegisteredModel, type StoredRegisteredModel } from './registered-model.ts';
import { STAGES } from './stage.ts';

/** Times are wall time in milliseconds. */
const modelVersionSchema = z.object({
  modelId: z.string(),
  version: z.number().int().positive(),
  createdAt: z.number(),
  updatedAt: z.number(),
  createdBy: z.string(),
  /** `null` when an update took it away. */
  description: z.string().nullable(),
  /** As it was given. */
  source: z.string(),
  /** Where the files are: the source, or where the model lies that the source names. */
  storage: z.string(),
  runId: z.string(),
  runLink: z.string(),
  tags: z.array(z.tuple([z.string(), z.string()])),
  /** As the registry was told; of a slot's model the slot says. */
  stage: z.enum(STAGES),
  /** The slot's model that this version is. */
  candidate: z.object({ slot: z.string().transform((text) => text as SlotId), runId: z.string() }).nullable(),
});

export type ModelVersion = Readonly<z.infer<typeof modelVersionSchema>>;

export interface StoredVersion {
  readonly version: ModelVersion;
  readonly revision: number;
}

/** @throws AresError `LEDGER_ITEM_INVALID` */
export function parseVersion(item: Item): StoredVersion {
  return { version: parseItem(item, modelVersionSchema, 'model version'), revision: item.version };
}

export function putVersion(version: ModelVersion, expected: Expected): Write {
  const { modelId, version: number, runId } = version;
  const write = { kind: 'put', key: keys.modelVersion(modelId, number), expected, value: version } as const;
  return runId === '' ? write : { ...write, index: indexes.versionsOfRun(runId, modelId, number) };
}

/** @throws AresError `LEDGER_ITEM_INVALID` */
export async function findVersion(
  ledger: LedgerReader,
  modelId: string,
  version: number,
): Promise<StoredVersion | undefined> {
  if (!Number.isSafeInteger(version) || version < 1 || version >= 1e15) return undefined;
  const item = await ledger.get(keys.modelVersion(modelId, version));
  return item && parseVersion(item);
}

/** A version with the registered model it belongs to. @throws MlflowError INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST */
export async function readVersion(
  ledger: LedgerReader,
  name: string,
  versionText: string,
): Promise<StoredVersion & { readonly of: StoredRegisteredModel }> {
  checkModelName(name);
  const number = parseVersionNumber(versionText);
  const of = await findRegisteredModel(ledger, name);
  const found = of && (await findVersion(ledger, of.model.id, number));
  if (of && found) return { ...found, of };
  throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `Model Version (name=${name}, version=${versionText}) not found`);
}
