import { invalidSearch } from './invalid-search.ts';
import { LOGGED_MODEL_ATTRIBUTES, loggedModelKey } from './logged-model-attributes.ts';
import type { LoggedModelOrder } from './logged-model-order.ts';
import { isAboutAny } from './match-model-metrics.ts';
import type { OrderKey } from './order-key.ts';
import { attributeKey } from './order-keys-of.ts';
import type { Searchable, SearchableModelMetric } from './searchable.ts';

/** In the order of the protocol's numbers, by which the genuine server sorts. */
const STATUSES = ['UNSPECIFIED', 'PENDING', 'READY', 'FAILED'];

/**
 * Reads one key of logged-models/search.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE for anything but an attribute or `metrics.<name>`
 */
export function orderKeyOfLoggedModels(order: LoggedModelOrder): OrderKey {
  const { field_name = '', ascending = true } = order;
  const dot = field_name.indexOf('.');
  if (dot < 0) return modelAttributeKey(field_name, ascending);
  if (field_name.slice(0, dot) !== 'metrics') {
    throw invalidSearch(`Invalid order by field name: ${field_name}. Only metrics are supported.`);
  }
  const key = field_name.slice(dot + 1);
  return { entity: 'metric', key, ascending, read: (model) => latestValue(model, key, order) };
}

function modelAttributeKey(written: string, ascending: boolean): OrderKey {
  const key = loggedModelKey(written);
  if (!LOGGED_MODEL_ATTRIBUTES.includes(key)) throw invalidSearch(`Invalid order by field name: ${written}`);
  if (key !== 'status') return attributeKey(key, ascending);
  return {
    entity: 'attribute',
    key,
    ascending,
    read: ({ attributes }) => STATUSES.indexOf(String(attributes.status)),
  };
}

/** The newest value counts, then the highest step, then the first run by id. */
function latestValue(
  model: Searchable,
  key: string,
  { dataset_name, dataset_digest }: LoggedModelOrder,
): number | undefined {
  const isAbout = dataset_name
    ? isAboutAny([{ dataset_name, dataset_digest }])
    : (metric: SearchableModelMetric) => !dataset_digest || metric.datasetDigest === dataset_digest;
  const metrics = (model.modelMetrics ?? []).filter((metric) => metric.key === key && isAbout(metric));
  return metrics.toSorted(newestFirst)[0]?.value;
}

function newestFirst(a: SearchableModelMetric, b: SearchableModelMetric): number {
  const [left, right] = [a.runId ?? '', b.runId ?? ''];
  return b.timestamp - a.timestamp || (b.step ?? 0) - (a.step ?? 0) || (left < right ? -1 : Number(left > right));
}
