import type { Batch } from './batch.ts';
import { checkMetric } from './metric-point.ts';
import { MlflowError } from './mlflow-error.ts';
import { checkParam, checkTag } from './run-tag.ts';

const MOST_METRICS = 1_000;
const MOST_PARAMS = 100;
const MOST_TAGS = 100;
const MOST_TOGETHER = 1_000;

const invalid = (message: string): never => {
  throw new MlflowError('INVALID_PARAMETER_VALUE', message);
};

function checkCount(what: string, limit: number, count: number): void {
  if (count <= limit) return;
  invalid(
    `A batch logging request can contain at most ${limit} ${what}. Got ${count} ${what}. Please split up ${what} across multiple requests and try again.`,
  );
}

const inList = (list: string, at: number): string => `${list}[${at}]`;

/**
 * The batch as it is kept.
 *
 * @param path what the errors call a member
 * @throws MlflowError INVALID_PARAMETER_VALUE for a wrong member, too many of them, or a parameter that is there twice
 */
export function checkBatch({ metrics, params, tags }: Batch, path = inList): Batch {
  const checked = {
    metrics: metrics.map((metric, at) => checkMetric(metric, path('metrics', at))),
    params: params.map((param, at) => checkParam(param, path('params', at))),
    tags: tags.map((tag, at) => checkTag(tag, path('tags', at))),
  };
  checkCount('metrics', MOST_METRICS, metrics.length);
  checkCount('params', MOST_PARAMS, params.length);
  checkCount('tags', MOST_TAGS, tags.length);
  checkCount('metrics, params, and tags', MOST_TOGETHER, metrics.length + params.length + tags.length);
  const keys = params.map(({ key }) => key);
  const twice = keys.filter((key, at) => keys.indexOf(key) < at);
  if (twice.length === 0) return checked;
  return invalid(
    `Duplicate parameter keys have been submitted: [${twice.map((key) => `'${key}'`).join(', ')}]. Please ensure the request contains only one param value per param key.`,
  );
}
