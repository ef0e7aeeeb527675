import { keys } from '../ledger-keys.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { type LoggedModel, loggedModelSchema } from './logged-model.ts';
import { MlflowError } from './mlflow-error.ts';

/** Longer than every id that was ever given. */
const MAX_ID = 100;

/**
 * Reads a logged model, deleted or not.
 *
 * @returns `version` of its item, for the commit that changes it
 * @throws MlflowError RESOURCE_DOES_NOT_EXIST
 */
export async function readLoggedModel(
  ledger: LedgerReader,
  modelId: string,
): Promise<{ readonly model: LoggedModel; readonly version: number }> {
  const item = modelId !== '' && modelId.length <= MAX_ID ? await ledger.get(keys.loggedModel(modelId)) : undefined;
  if (!item) throw modelNotFound(modelId);
  return { model: loggedModelSchema.parse(item.value), version: item.version };
}

/**
 * Reads a logged model that is not deleted.
 *
 * @throws MlflowError RESOURCE_DOES_NOT_EXIST
 */
export async function readActiveLoggedModel(ledger: LedgerReader, modelId: string): Promise<LoggedModel> {
  const { model } = await readLoggedModel(ledger, modelId);
  if (model.lifecycleStage === 'deleted') throw modelNotFound(modelId);
  return model;
}

function modelNotFound(modelId: string): MlflowError {
  return new MlflowError('RESOURCE_DOES_NOT_EXIST', `Logged model with ID '${modelId}' not found.`, { modelId });
}
