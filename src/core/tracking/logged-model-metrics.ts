import { keys } from '../ledger-keys.ts';
import type { WallClock } from '../ports/clock.ts';
import type { AppendRecord, Ledger } from '../ports/ledger.ts';
import type { LoggedModelMetric } from './logged-model.ts';
import type { LoggedMetric } from './metric-point.ts';
import { MlflowError } from './mlflow-error.ts';
import { readLoggedModel } from './read-logged-model.ts';

/** JSON has no infinities and no NaN; the genuine server keeps these in their place. */
function finite(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}

function recordOf(
  experimentId: string,
  modelId: string,
  { key, value, timestamp, step, datasetName, datasetDigest }: LoggedMetric,
  origin: Pick<LoggedModelMetric, 'runId' | 'recordedAt' | 'position'>,
): AppendRecord {
  const metric = {
    ...origin,
    key,
    value: finite(value),
    timestamp,
    step,
    ...(datasetName ? { datasetName } : {}),
    ...(datasetDigest ? { datasetDigest } : {}),
  };
  return {
    key: keys.loggedModelMetric(experimentId, modelId, `${key}#${timestamp}#${step}#${origin.runId}`),
    value: metric,
  };
}

/**
 * Records the metrics of one request under the logged models that they name; it is safe to call again with the same ones.
 *
 * A metric is known by its model, name, time, step and run: a second value for the same replaces the first.
 *
 * @throws MlflowError BAD_REQUEST when a model does not exist; nothing was recorded
 */
export async function loggedModelMetrics(
  { ledger, wallClock }: { readonly ledger: Ledger; readonly wallClock: WallClock },
  runId: string,
  metrics: readonly LoggedMetric[],
): Promise<void> {
  const modelIds = [...new Set(metrics.flatMap(({ modelId }) => modelId || []))];
  if (modelIds.length === 0) return;
  const experiments = new Map(
    await Promise.all(modelIds.map(async (id) => [id, await experimentOf(ledger, id)] as const)),
  );
  const recordedAt = wallClock.now();
  const records = new Map<string, AppendRecord>();
  for (const [position, metric] of metrics.entries()) {
    const experimentId = metric.modelId ? experiments.get(metric.modelId) : undefined;
    if (!metric.modelId || experimentId === undefined) continue;
    const record = recordOf(experimentId, metric.modelId, metric, { runId, recordedAt, position });
    records.set(record.key.sk, record);
  }
  await ledger.append([...records.values()]);
}

async function experimentOf(ledger: Ledger, modelId: string): Promise<string> {
  try {
    return (await readLoggedModel(ledger, modelId)).model.experimentId;
  } catch (error) {
    if (!(error instanceof MlflowError) || error.code !== 'RESOURCE_DOES_NOT_EXIST') throw error;
    const message = `a metric's model_id must be a logged model's, there is no ${modelId}`;
    throw new MlflowError('BAD_REQUEST', message, { modelId }, error);
  }
}
