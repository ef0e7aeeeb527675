import { checkEntityName } from './check-entity.ts';
import { MlflowError } from './mlflow-error.ts';

/** The experiment's tag that names the metrics by which its best runs are found without reading the others, with commas between. */
export const INDEXED_METRICS_TAG = 'ares.indexed_metrics';

/** Each moves two items in the commit that changes it, and a commit is small. */
const MOST = 4;
const DEFAULT = ['accuracy'];

/**
 * The metrics an experiment declares by its tags; `accuracy` when it says nothing.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE over {@link MOST}, or for what is no metric's name
 */
export function parseIndexedMetrics(tags: Iterable<readonly [string, string]>): string[] {
  const text = new Map(tags).get(INDEXED_METRICS_TAG);
  if (text === undefined) return [...DEFAULT];
  const names = [...new Set(text.split(',').map((name) => name.trim()))].filter((name) => name !== '').toSorted();
  for (const name of names) checkEntityName(name, INDEXED_METRICS_TAG);
  if (names.length <= MOST) return names;
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `${INDEXED_METRICS_TAG} must name at most ${MOST} metrics, named ${names.length}`,
  );
}
