import * as z from 'zod';
import type { Json } from '../ports/ledger.ts';
import { changeRun } from './change-run.ts';
import { MlflowError } from './mlflow-error.ts';
import { pythonJson } from './python-json.ts';
import { checkTag } from './run-tag.ts';
import { withTags } from './run-tags.ts';
import type { TrackingPorts } from './tracking-ports.ts';

/** Older clients keep the list of a run's models in this tag. */
const HISTORY_TAG = 'mlflow.log-model.history';
const MANDATORY = ['artifact_path', 'flavors', 'utc_time_created', 'run_id'] as const;

const modelSchema = z.looseObject({ flavors: z.record(z.string(), z.json()) });
const historySchema = z.array(z.json());

const invalid = (message: string, cause?: unknown): never => {
  throw new MlflowError('INVALID_PARAMETER_VALUE', message, {}, cause);
};

/**
 * Notes a model that a client without logged models has put among a run's artifacts.
 *
 * @param modelJson the model's own description
 * @throws MlflowError INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST
 */
export async function logModel(ports: TrackingPorts, runId: string, modelJson: string): Promise<void> {
  const entry = historyEntry(modelJson);
  await changeRun(ports, runId, {
    change: (run) => {
      const before = Object.hasOwn(run.tags, HISTORY_TAG) ? (run.tags[HISTORY_TAG] ?? '[]') : '[]';
      const value = pythonJson([...historySchema.parse(JSON.parse(before)), entry]);
      return withTags(run, [checkTag({ key: HISTORY_TAG, value })]);
    },
  });
}

function historyEntry(modelJson: string): Json {
  const parsed = modelSchema.partial().safeParse(parseModel(modelJson));
  if (!parsed.success) return invalid(`Malformed model info: ${z.prettifyError(parsed.error)}`);
  const model = parsed.data as Readonly<Record<string, Json | undefined>>;
  const missing = MANDATORY.filter((name) => model[name] === undefined);
  if (missing.length > 0) {
    invalid(`Model json is missing mandatory fields: {${missing.map((name) => `'${name}'`).join(', ')}}`);
  }
  const flavors = Object.entries(parsed.data.flavors ?? {}).map(([name, flavor]) => [name, withoutConfig(flavor)]);
  const { run_id = null, artifact_path = null, utc_time_created = null, model_uuid = null } = model;
  return { run_id, artifact_path, utc_time_created, model_uuid, flavors: Object.fromEntries(flavors) };
}

function parseModel(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return invalid(`Malformed model info. \n ${text} \n is not a valid JSON.`, error);
  }
}

function withoutConfig(flavor: Json): Json {
  if (flavor === null || typeof flavor !== 'object' || Array.isArray(flavor)) return flavor;
  return Object.fromEntries(Object.entries(flavor).filter(([name]) => name !== 'config'));
}
