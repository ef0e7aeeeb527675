import { keys } from '../ledger-keys.ts';
import type { AppendRecord, Item, JsonObject } from '../ports/ledger.ts';
import { checkEntityName, checkLength } from './check-entity.ts';
import { MlflowError } from './mlflow-error.ts';
import type { LatestMetric } from './run-document.ts';
import { sortableFloat } from './sortable-float.ts';
import { sortableInteger } from './sortable-integer.ts';

/** One measured value. */
export interface MetricPoint {
  readonly key: string;
  /** Finite, or not a number. */
  readonly value: number;
  /** Milliseconds. */
  readonly timestamp: number;
  readonly step: number;
}

/** A value as a client logs it; with a logged model it is that model's too. */
export interface LoggedMetric extends MetricPoint {
  readonly modelId?: string | undefined;
  readonly datasetName?: string | undefined;
  readonly datasetDigest?: string | undefined;
}

const MAX_INT64 = 2 ** 63;
const inside = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** The metric as it is kept: infinities become the largest numbers, as MLflow's databases have none. @param path `metrics[0]`, for the error @throws MlflowError INVALID_PARAMETER_VALUE */
export function checkMetric<Metric extends MetricPoint>(metric: Metric, path = ''): Metric {
  const { key, value, timestamp, step } = metric;
  checkEntityName(key, inside(path, 'name'));
  const wrong = (name: string, was: number, must: string) => {
    throw new MlflowError(
      'INVALID_PARAMETER_VALUE',
      `Invalid value ${was} for parameter '${inside(path, name)}' supplied: metric '${key}' (value=${value}). ${must}`,
    );
  };
  if (!(timestamp >= 0 && timestamp < MAX_INT64)) {
    wrong('timestamp', timestamp, 'Timestamp must be a nonnegative long (64-bit integer) ');
  }
  if (!(step >= -MAX_INT64 && step < MAX_INT64)) wrong('step', step, 'Step must be a valid long (64-bit integer).');
  checkLength('Metric name', key);
  if (Number.isFinite(value) || Number.isNaN(value)) return metric;
  return { ...metric, value: Math.sign(value) * Number.MAX_VALUE };
}

/** What the ledger keeps of a value: the same value twice is one. */
export function pointRecord(runId: string, { key, value, timestamp, step }: MetricPoint): AppendRecord {
  const order = `${sortableInteger(step)}#${sortableInteger(timestamp)}#${sortableFloat(value)}`;
  return {
    key: keys.metricPoint(runId, key, order),
    value: { value: Number.isNaN(value) ? 'NaN' : value, timestamp, step },
  };
}

/** A kept value of a metric. */
export const pointOf = (key: string, { value }: Item): MetricPoint => ({
  key,
  value: Number(value.value),
  timestamp: Number(value.timestamp),
  step: Number(value.step),
});

/** JSON has no text for what is no number; protobuf's is the one that clients read. */
export const pointJson = ({ key, value, timestamp, step }: MetricPoint): JsonObject => ({
  key,
  value: Number.isNaN(value) ? 'NaN' : value,
  timestamp,
  step,
});

/** The later one of a metric's last value and a new one. Not a number counts as zero there, as in MLflow's databases. */
export function laterMetric(latest: LatestMetric | undefined, point: MetricPoint): LatestMetric {
  const next: LatestMetric = [Number.isNaN(point.value) ? 'NaN' : point.value, point.timestamp, point.step];
  return latest === undefined || isLater(next, latest) ? next : latest;
}

const magnitude = ([value]: LatestMetric): number => (value === 'NaN' ? 0 : value);

function isLater(a: LatestMetric, b: LatestMetric): boolean {
  if (a[2] !== b[2]) return a[2] > b[2];
  if (a[1] !== b[1]) return a[1] > b[1];
  return magnitude(a) > magnitude(b);
}
