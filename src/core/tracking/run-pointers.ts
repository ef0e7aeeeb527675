import { keys } from '../ledger-keys.ts';
import type { Key } from '../ports/ledger.ts';
import type { RunDocument } from './run-document.ts';
import { runOrder } from './run-order.ts';
import { descendingFloat } from './sortable-float.ts';

/** The tag whose runs are found by its value. */
const INDEXED_TAG = 'model_status';
/** A longer value is no status, and no key. */
const MAX_TAG_VALUE = 500;

/** Whether runs with this tag's value are found by their pointers. */
export const isIndexedTag = (tag: string, value: string): boolean =>
  tag === INDEXED_TAG && value !== '' && value.length <= MAX_TAG_VALUE;

/** The items that point at a run; they follow from the run alone, so that each change of it moves them. */
export function runPointers(run: RunDocument): readonly Key[] {
  if (run.stage !== 'active') return [];
  const order = runOrder(run);
  const top = run.indexed.flatMap((metric) => {
    const latest = Object.hasOwn(run.metrics, metric) ? run.metrics[metric] : undefined;
    return latest === undefined
      ? []
      : [keys.topRun(run.experimentId, metric, `${descendingFloat(Number(latest[0]))}#${order}`)];
  });
  const status = Object.hasOwn(run.tags, INDEXED_TAG) ? (run.tags[INDEXED_TAG] ?? '') : '';
  return isIndexedTag(INDEXED_TAG, status)
    ? [...top, keys.taggedRun(run.experimentId, INDEXED_TAG, status, order)]
    : top;
}
