import type { LedgerReader } from '../ports/ledger.ts';
import type { MetricPoint } from './metric-point.ts';
import { MlflowError } from './mlflow-error.ts';
import { pageOffset, pageTokenAt } from './page-token.ts';
import { readMetricHistory } from './read-metric-history.ts';
import { samplePoints } from './sample-points.ts';

const MOST_RUNS = 100;
const MOST_POINTS = 25_000;
const MOST_SAMPLED = 2_500;

interface RunPoint {
  readonly runId: string;
  readonly point: MetricPoint;
}

const invalid = (message: string): never => {
  throw new MlflowError('INVALID_PARAMETER_VALUE', message);
};

/** A run's history of one metric by time; without `maxResults` all of it. @throws MlflowError INVALID_PARAMETER_VALUE */
export async function pageMetricHistory(
  ledger: LedgerReader,
  runId: string,
  metric: string,
  { maxResults, pageToken }: { readonly maxResults?: number | undefined; readonly pageToken?: string | undefined },
): Promise<{ readonly points: readonly MetricPoint[]; readonly nextPageToken?: string }> {
  if (maxResults !== undefined && maxResults <= 0) {
    invalid(`Invalid value ${maxResults} for parameter 'max_results' supplied. It must be a positive integer.`);
  }
  const offset = pageOffset(pageToken);
  const all = await readMetricHistory(ledger, runId, metric);
  const end = offset + (maxResults ?? Number.POSITIVE_INFINITY);
  const points = all.slice(offset, end);
  return all.length > end ? { points, nextPageToken: pageTokenAt(end) } : { points };
}

/** The first values of a metric of several runs, by run and time. @throws MlflowError INVALID_PARAMETER_VALUE over {@link MOST_RUNS} runs */
export async function readHistories(
  ledger: LedgerReader,
  runIds: readonly string[],
  metric: string,
  maxResults = MOST_POINTS,
): Promise<readonly RunPoint[]> {
  if (runIds.length > MOST_RUNS) {
    invalid(
      `GetMetricHistoryBulk request cannot specify more than ${MOST_RUNS} run_ids. Received ${runIds.length} run_ids.`,
    );
  }
  const most = Math.min(maxResults, MOST_POINTS);
  const found: RunPoint[] = [];
  for (const runId of [...new Set(runIds)].toSorted()) {
    if (found.length >= most) break;
    for (const point of await readMetricHistory(ledger, runId, metric)) found.push({ runId, point });
  }
  return found.slice(0, Math.max(0, most));
}

/**
 * A metric of several runs for a chart: of each at most so many values, evenly over its steps.
 *
 * @param wish `from` and `to` are steps, inclusive; both or neither
 * @throws MlflowError INVALID_PARAMETER_VALUE
 */
export async function sampleHistories(
  ledger: LedgerReader,
  runIds: readonly string[],
  metric: string,
  wish: {
    readonly from?: number | undefined;
    readonly to?: number | undefined;
    readonly maxResults?: number | undefined;
  },
): Promise<readonly RunPoint[]> {
  const { from, to, maxResults = MOST_SAMPLED } = wish;
  const hint = 'See the API docs for more information about request parameters.';
  if (runIds.length > MOST_RUNS) {
    invalid(
      `GetMetricHistoryBulkInterval request must specify at most ${MOST_RUNS} run_ids. Received ${runIds.length} run_ids. ${hint}`,
    );
  }
  if (maxResults < 1 || maxResults > MOST_SAMPLED)
    invalid(`max_results must be between 1 and ${MOST_SAMPLED}. ${hint}`);
  const steps = stepRange(from, to);
  const found: RunPoint[] = [];
  for (const runId of runIds) {
    const points = samplePoints(await readMetricHistory(ledger, runId, metric, 'step', steps), maxResults);
    for (const point of points) found.push({ runId, point });
  }
  return found;
}

function stepRange(from: number | undefined, to: number | undefined) {
  if (from === undefined && to === undefined) return undefined;
  if (from === undefined || to === undefined) {
    return invalid('If either start step or end step are specified, both must be specified.');
  }
  if (from <= to) return { from, to };
  return invalid(`end_step must be greater than start_step. Found start_step=${from} and end_step=${to}.`);
}
