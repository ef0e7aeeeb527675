import type { Write } from '../ports/ledger.ts';
import type { Batch } from './batch.ts';
import { changeRun } from './change-run.ts';
import { checkBatch } from './check-batch.ts';
import { loggedModelMetrics } from './logged-model-metrics.ts';
import { type LoggedMetric, laterMetric, type MetricPoint, pointRecord } from './metric-point.ts';
import { MlflowError } from './mlflow-error.ts';
import { checkRunId } from './read-run.ts';
import type { RunDocument } from './run-document.ts';
import type { KeyValue } from './run-tag.ts';
import { withTags } from './run-tags.ts';
import type { TrackingPorts } from './tracking-ports.ts';

/** So many values go into the run's own commit, which then is the only one; more are appended before it. */
const MOST_IN_COMMIT = 8;

/**
 * Logs metrics, parameters and tags of a run, all at once.
 *
 * The history is written before or with the run, so that no run shows a value that its history does not have.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE also for a parameter that has another value already; RESOURCE_DOES_NOT_EXIST
 */
export async function logBatch(ports: TrackingPorts, runId: string, request: Batch): Promise<void> {
  checkRunId(runId);
  const batch = checkBatch(request);
  await logChecked(ports, runId, batch, manyChanged);
}

/** Logs one metric. @throws MlflowError as {@link logBatch} */
export async function logMetric(ports: TrackingPorts, runId: string, metric: LoggedMetric): Promise<void> {
  const [checked] = checkBatch({ metrics: [metric], params: [], tags: [] }, () => '').metrics;
  await logChecked(ports, runId, { metrics: checked ? [checked] : [], params: [], tags: [] }, manyChanged);
}

/** Logs one parameter. @throws MlflowError as {@link logBatch} */
export async function logParam(ports: TrackingPorts, runId: string, param: KeyValue): Promise<void> {
  const { params } = checkBatch({ metrics: [], params: [param], tags: [] }, () => '');
  await logChecked(ports, runId, { metrics: [], params, tags: [] }, oneChanged);
}

async function logChecked(
  ports: TrackingPorts,
  runId: string,
  { metrics, params, tags }: Batch,
  refusal: Refusal,
): Promise<void> {
  const points = historyWrites(ports, runId, metrics);
  await changeRun(ports, runId, {
    change: (before) => {
      const changed = withParams(before, params, refusal);
      return withTags(withMetrics(changed, metrics), tags);
    },
    prepare: points.prepare,
    onConflict: points.onConflict,
  });
  await loggedModelMetrics(ports, runId, metrics);
}

/** A few values are written in the run's commit, unless they are there already; many are appended first, once. */
function historyWrites(ports: TrackingPorts, runId: string, metrics: readonly MetricPoint[]) {
  const records = [
    ...new Map(metrics.map((metric) => pointRecord(runId, metric)).map((one) => [pointKey(one.key), one])).values(),
  ];
  const known = new Set<string>();
  let appended = false;
  return {
    onConflict: (keys: readonly { readonly pk: string; readonly sk: string }[]) => {
      for (const key of keys) known.add(pointKey(key));
    },
    prepare: async (): Promise<readonly Write[]> => {
      if (records.length <= MOST_IN_COMMIT) {
        const fresh = records.filter(({ key }) => !known.has(pointKey(key)));
        return fresh.map(({ key, value }) => ({ kind: 'put', key, expected: 'absent', value }));
      }
      if (!appended) await ports.ledger.append(records);
      appended = true;
      return [];
    },
  };
}

const pointKey = ({ pk, sk }: { readonly pk: string; readonly sk: string }): string => `${pk} ${sk}`;

function withMetrics(run: RunDocument, metrics: readonly MetricPoint[]): RunDocument {
  const latest = new Map(Object.entries(run.metrics));
  let changed = false;
  for (const metric of metrics) {
    const before = latest.get(metric.key);
    const after = laterMetric(before, metric);
    if (after === before) continue;
    latest.set(metric.key, after);
    changed = true;
  }
  return changed ? { ...run, metrics: Object.fromEntries(latest) } : run;
}

interface ChangedParam extends KeyValue {
  readonly old: string;
}
type Refusal = (runId: string, changed: readonly ChangedParam[]) => string;

const oneChanged: Refusal = (runId, [param]) =>
  `Changing param values is not allowed. Param with key='${param?.key}' was already logged with value='${param?.old}' for run ID='${runId}'. Attempted logging new value '${param?.value}'.`;

const manyChanged: Refusal = (runId, params) => {
  const list = params.map(({ key, old, value }) => `{'key': '${key}', 'old_value': '${old}', 'new_value': '${value}'}`);
  return `Changing param values is not allowed. Params were already logged='[${list.join(', ')}]' for run ID='${runId}'.`;
};

function withParams(run: RunDocument, params: readonly KeyValue[], refusal: Refusal): RunDocument {
  const known = new Map(Object.entries(run.params));
  const changed: ChangedParam[] = [];
  const size = known.size;
  for (const param of params) {
    const old = known.get(param.key);
    if (old === undefined) known.set(param.key, param.value);
    else if (old !== param.value) changed.push({ ...param, old });
  }
  if (changed.length > 0) throw new MlflowError('INVALID_PARAMETER_VALUE', refusal(run.runId, changed));
  return known.size === size ? run : { ...run, params: Object.fromEntries(known) };
}
