import { CONFLICT } from '../retry-on-conflict.ts';
import { checkLoggedModelName } from './check-logged-model-name.ts';
import type { LoggedModel } from './logged-model.ts';
import { MlflowError } from './mlflow-error.ts';
import { randomName } from './random-name.ts';
import { addedParams, type TextPair } from './text-pairs.ts';
import { commitLoggedModel, type LoggedModelPorts } from './write-logged-model.ts';

export interface NewLoggedModel {
  /** Empty for a name by chance. */
  readonly name: string;
  readonly modelType: string;
  readonly sourceRunId: string;
  readonly params: readonly TextPair[];
  readonly tags: readonly TextPair[];
}

/** What a logged model takes from its experiment. */
export interface HomeExperiment {
  readonly experimentId: string;
  readonly artifactLocation: string;
  readonly lifecycleStage: 'active' | 'deleted';
}

/**
 * Begins a logged model, whose artifacts are still to come.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE for the name or a deleted experiment, BAD_REQUEST for a key that comes twice
 */
export async function createLoggedModel(
  ports: LoggedModelPorts,
  { experimentId, artifactLocation, lifecycleStage }: HomeExperiment,
  { name, params, tags, ...rest }: NewLoggedModel,
): Promise<LoggedModel> {
  if (name !== '') checkLoggedModelName(name);
  if (lifecycleStage !== 'active') {
    const message = `The experiment ${experimentId} must be in the 'active' state. Current state is ${lifecycleStage}.`;
    throw new MlflowError('INVALID_PARAMETER_VALUE', message, { experimentId });
  }
  const now = ports.wallClock.now();
  const modelId = `m-${ports.random.id()}`;
  const model: LoggedModel = {
    ...rest,
    modelId,
    experimentId,
    name: name === '' ? randomName(ports.random) : name,
    artifactLocation: `${artifactLocation.replace(/\/+$/, '')}/models/${modelId}/artifacts`,
    createdAt: now,
    updatedAt: now,
    status: 'LOGGED_MODEL_PENDING',
    lifecycleStage: 'active',
    params: addedParams({}, params),
    tags: addedParams({}, tags),
  };
  const created = await commitLoggedModel(ports, model, 'absent');
  if (created !== CONFLICT) return created;
  throw new MlflowError('INTERNAL_ERROR', `the id of a new logged model must be new, ${modelId} was taken`);
}
