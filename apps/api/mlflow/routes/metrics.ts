import * as z from 'zod';
import type { JsonObject } from '../../../../src/core/ports/ledger.ts';
import { pageMetricHistory, readHistories, sampleHistories } from '../../../../src/core/tracking/metric-histories.ts';
import { pointJson } from '../../../../src/core/tracking/metric-point.ts';
import { MlflowError } from '../../../../src/core/tracking/mlflow-error.ts';
import { pageJson } from '../page-json.ts';
import { parseRequest } from '../parse-request.ts';
import { optionalText, requiredText, textList } from '../request-fields.ts';
import type { MlflowCall, MlflowPorts, MlflowRoute } from '../route.ts';
import { ofRun, optionalInteger } from '../tracking-fields.ts';

const PATH = '/2.0/mlflow/metrics';

const historySchema = ofRun({ metric_key: requiredText, max_results: optionalInteger, page_token: optionalText });
const bulkSchema = z.object({ run_id: textList, metric_key: optionalText, max_results: optionalInteger });
const intervalSchema = z.object({
  run_ids: textList,
  metric_key: requiredText,
  start_step: optionalInteger,
  end_step: optionalInteger,
  max_results: optionalInteger,
});

const invalid = (message: string): never => {
  throw new MlflowError('INVALID_PARAMETER_VALUE', message);
};

async function history({ input }: MlflowCall, { ledger }: MlflowPorts): Promise<JsonObject> {
  const { run_id, metric_key, max_results, page_token } = parseRequest(historySchema, input);
  const wish = { maxResults: max_results, pageToken: page_token };
  const { points, nextPageToken } = await pageMetricHistory(ledger, run_id, metric_key, wish);
  return pageJson('metrics', points.map(pointJson), nextPageToken);
}

async function bulk({ input }: MlflowCall, { ledger }: MlflowPorts): Promise<JsonObject> {
  const { run_id, metric_key, max_results } = parseRequest(bulkSchema, input);
  if (run_id.length === 0) invalid('GetMetricHistoryBulk request must specify at least one run_id.');
  if (metric_key === undefined) return invalid('GetMetricHistoryBulk request must specify a metric_key.');
  const found = await readHistories(ledger, run_id, metric_key, max_results);
  return { metrics: found.map(({ runId, point }) => ({ ...pointJson(point), run_id: runId })) };
}

async function interval({ input }: MlflowCall, { ledger }: MlflowPorts): Promise<JsonObject> {
  const { run_ids, metric_key, start_step, end_step, max_results } = parseRequest(intervalSchema, input);
  if (run_ids.length === 0) {
    invalid(
      "Missing value for required parameter 'run_ids'. See the API docs for more information about request parameters.",
    );
  }
  const wish = { from: start_step, to: end_step, maxResults: max_results };
  const found = await sampleHistories(ledger, run_ids, metric_key, wish);
  const metrics = found.map(({ runId, point }) => ({ ...pointJson(point), run_id: runId }));
  return metrics.length > 0 ? { metrics } : {};
}

/** What runs have measured, over time and steps. */
export const metricRoutes: readonly MlflowRoute[] = [
  { method: 'GET', path: `${PATH}/get-history`, right: 'read', handle: history },
  { method: 'GET', path: `${PATH}/get-history-bulk`, right: 'read', handle: bulk },
  { method: 'GET', path: `${PATH}/get-history-bulk-interval`, right: 'read', handle: interval },
];
