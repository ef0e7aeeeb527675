import { keys } from '../ledger-keys.ts';
import { experimentOf } from './experiment.ts';
import type { StoredRun } from './run-document.ts';
import { isIndexedTag } from './run-pointers.ts';
import type { ParsedSearch } from './run-search.ts';
import type { TrackingPorts } from './tracking-ports.ts';
import { newestRuns, taggedRuns, topRuns } from './walk-runs.ts';

export interface WalkPlan {
  /** Whether the runs come in the order that is asked for, so that the first matches suffice. */
  readonly ordered: boolean;
  readonly walk: (experimentId: string) => AsyncGenerator<StoredRun, void, undefined>;
}

/** The index along which a search finds its matches without the other runs; `undefined` when there is none. */
export async function planWalk(ports: TrackingPorts, search: ParsedSearch): Promise<WalkPlan | undefined> {
  const { ledger } = ports;
  const newest = isNewestFirst(search);
  if (search.view === 'ALL') return undefined;
  if (search.view === 'DELETED_ONLY') {
    return newest ? { ordered: true, walk: (id) => newestRuns(ledger, id, 'deleted') } : undefined;
  }
  const status = search.filter.equalities.find(
    ({ entity, key, value }) => entity === 'tag' && isIndexedTag(key, String(value)),
  );
  if (status) return { ordered: newest, walk: (id) => taggedRuns(ledger, id, status.key, String(status.value)) };
  if (newest) return { ordered: true, walk: (id) => newestRuns(ledger, id, 'active') };
  const metric = topMetric(search);
  if (metric === undefined || !(await areIndexed(ports, search.experimentIds, metric))) return undefined;
  return { ordered: true, walk: (id) => topRuns(ledger, id, metric) };
}

function isNewestFirst({ order: { first }, orderBy }: ParsedSearch): boolean {
  if (first === undefined) return true;
  return orderBy.length === 1 && first.entity === 'attribute' && first.key === 'start_time' && !first.ascending;
}

/** The only order asked for, when it is the highest of a metric first. */
function topMetric({ order: { first }, orderBy }: ParsedSearch): string | undefined {
  return orderBy.length === 1 && first?.entity === 'metric' && !first.ascending ? first.key : undefined;
}

async function areIndexed(
  { ledger }: TrackingPorts,
  experimentIds: readonly string[],
  metric: string,
): Promise<boolean> {
  const items = await Promise.all(experimentIds.map((id) => ledger.get(keys.experiment(id))));
  return items.every((item) => item === undefined || experimentOf(item).indexed.includes(metric));
}
