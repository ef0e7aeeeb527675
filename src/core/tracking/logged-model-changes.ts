import type { Command } from '../events/command.ts';
import type { LoggedModel } from './logged-model.ts';
import { MlflowError } from './mlflow-error.ts';
import { addedParams, type TextPair } from './text-pairs.ts';
import { changeLoggedModel, type LoggedModelPorts } from './write-logged-model.ts';

/** Says that a logged model's artifacts are there, or that they failed to come. */
export function finalizeLoggedModel(
  ports: LoggedModelPorts,
  modelId: string,
  status: LoggedModel['status'],
): Promise<LoggedModel> {
  const updatedAt = ports.wallClock.now();
  return changeLoggedModel(ports, modelId, (model) => ({ ...model, status, updatedAt }));
}

/** @throws MlflowError BAD_REQUEST when one of them is set already */
export async function logLoggedModelParams(
  ports: LoggedModelPorts,
  modelId: string,
  params: readonly TextPair[],
): Promise<void> {
  await changeLoggedModel(ports, modelId, (model) =>
    params.length === 0 ? model : { ...model, params: addedParams(model.params, params) },
  );
}

/** Sets tags; of one key the last value counts. */
export async function setLoggedModelTags(
  ports: LoggedModelPorts,
  modelId: string,
  tags: readonly TextPair[],
): Promise<void> {
  const set = tags.map(({ key, value }) => [key, value] as const);
  await changeLoggedModel(ports, modelId, (model) =>
    set.length === 0 ? model : { ...model, tags: Object.fromEntries([...Object.entries(model.tags), ...set]) },
  );
}

/** @throws MlflowError RESOURCE_DOES_NOT_EXIST when there is no such tag */
export async function deleteLoggedModelTag(ports: LoggedModelPorts, modelId: string, key: string): Promise<void> {
  await changeLoggedModel(ports, modelId, (model) => {
    const { [key]: deleted, ...tags } = model.tags;
    if (deleted !== undefined && Object.hasOwn(model.tags, key)) return { ...model, tags };
    const message = `No tag with key '${key}' found for model with ID '${modelId}'.`;
    throw new MlflowError('RESOURCE_DOES_NOT_EXIST', message, { modelId, key });
  });
}

/** Takes a logged model out of all searches; what was logged stays, and who knows the id may still read it with `allow_deleted`. */
export async function deleteLoggedModel(ports: LoggedModelPorts, modelId: string, command: Command): Promise<void> {
  const audit = {
    stream: 'models',
    timestamp: command.now,
    eventType: 'LoggedModelDeleted',
    user: command.user,
    action: 'delete',
    details: { modelId },
    sessionId: command.sessionId,
  } as const;
  const deleted = (model: LoggedModel): LoggedModel =>
    model.lifecycleStage === 'deleted' ? model : { ...model, lifecycleStage: 'deleted', updatedAt: command.now };
  await changeLoggedModel(ports, modelId, deleted, [audit]);
}
