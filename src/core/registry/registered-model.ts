import * as z from 'zod';
import { parseItem } from '../ledger/parse-item.ts';
import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import type { Expected, Item, LedgerReader, Write } from '../ports/ledger.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';
import { checkModelName } from './check-names.ts';
import { STAGES } from './stage.ts';

/** Times are wall time in milliseconds. */
const registeredModelSchema = z.object({
  /** Never changes, and no other model ever has it: what the versions are kept under. */
  id: z.string(),
  name: z.string(),
  description: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  /** A new name counts as a change of every version that was there. */
  renamedAt: z.number().nullable(),
  tags: z.array(z.tuple([z.string(), z.string()])),
  aliases: z.array(z.tuple([z.string(), z.number().int()])),
  /** The number of the newest version there ever was. */
  versions: z.number().int(),
  /** The newest version in each stage; not kept for models that ever were bound to a slot, whose stages are the slot's. */
  latest: z.array(z.tuple([z.enum(STAGES), z.number().int()])),
  /** Versions created now become candidates of this slot. */
  slot: z
    .string()
    .transform((text) => text as SlotId)
    .nullable(),
  /** Whether it was ever bound: then versions may be a slot's models. */
  everBound: z.boolean(),
});

/** A registered model: what is common to its versions, and all that decides between them. */
export type RegisteredModel = Readonly<z.infer<typeof registeredModelSchema>>;

export interface StoredRegisteredModel {
  readonly model: RegisteredModel;
  /** Of the item: each change of the model or of one of its versions' stages makes it another. */
  readonly revision: number;
}

/** @throws AresError `LEDGER_ITEM_INVALID` */
export function parseRegisteredModel(item: Item): StoredRegisteredModel {
  return { model: parseItem(item, registeredModelSchema, 'registered model'), revision: item.version };
}

export const putRegisteredModel = (model: RegisteredModel, expected: Expected): Write => ({
  kind: 'put',
  key: keys.registeredModel(model.name),
  expected,
  value: model,
});

/** @throws AresError `LEDGER_ITEM_INVALID` */
export async function findRegisteredModel(
  ledger: LedgerReader,
  name: string,
): Promise<StoredRegisteredModel | undefined> {
  const item = await ledger.get(keys.registeredModel(name));
  return item && parseRegisteredModel(item);
}

/** @throws MlflowError INVALID_PARAMETER_VALUE for what cannot be a name, RESOURCE_DOES_NOT_EXIST */
export async function readRegisteredModel(ledger: LedgerReader, name: string): Promise<StoredRegisteredModel> {
  checkModelName(name);
  const found = await findRegisteredModel(ledger, name);
  if (found) return found;
  throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `Registered Model with name=${name} not found`);
}
