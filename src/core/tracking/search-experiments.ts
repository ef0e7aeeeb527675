import { keys } from '../ledger-keys.ts';
import { checkMaxResults } from './check-max-results.ts';
import { ensureDefaultExperiments } from './ensure-default-experiments.ts';
import { type Experiment, experimentOf } from './experiment.ts';
import { pageOffset, pageTokenAt } from './page-token.ts';
import { parseFilter } from './search/parse-filter.ts';
import { parseOrderBy } from './search/parse-order-by.ts';
import type { Searchable } from './search/searchable.ts';
import type { TrackingPorts } from './tracking-ports.ts';
import type { ViewType } from './view-type.ts';
import { stagesOf } from './view-type.ts';

const MOST_RESULTS = 50_000;
const PAGE = 1_000;

export interface ExperimentSearch {
  readonly view: ViewType;
  readonly filter?: string | undefined;
  readonly orderBy: readonly string[];
  readonly maxResults: number;
  readonly pageToken?: string | undefined;
}

/**
 * Experiments that match; without an order the newest first.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE
 */
export async function searchExperiments(
  ports: TrackingPorts,
  search: ExperimentSearch,
): Promise<{ readonly experiments: readonly Experiment[]; readonly nextPageToken?: string }> {
  const maxResults = checkMaxResults(search.maxResults, MOST_RESULTS);
  const offset = pageOffset(search.pageToken);
  const { matches } = parseFilter('experiments', search.filter);
  const { compare } = parseOrderBy('experiments', search.orderBy);
  const stages = stagesOf(search.view);
  const found = (await allExperiments(ports))
    .filter(({ stage }) => stages.includes(stage))
    .map((experiment) => ({ experiment, searchable: searchableOf(experiment) }))
    .filter(({ searchable }) => matches(searchable))
    .sort((a, b) => compare(a.searchable, b.searchable));
  const end = offset + maxResults;
  const experiments = found.slice(offset, end).map(({ experiment }) => experiment);
  return found.length > end ? { experiments, nextPageToken: pageTokenAt(end) } : { experiments };
}

async function allExperiments(ports: TrackingPorts): Promise<readonly Experiment[]> {
  await ensureDefaultExperiments(ports);
  const { table, pk } = keys.experiment('0');
  const experiments: Experiment[] = [];
  let after: string | undefined;
  do {
    const page = await ports.ledger.query({ table, pk, limit: PAGE, ...(after !== undefined && { after }) });
    experiments.push(...page.items.map(experimentOf));
    after = page.next;
  } while (after !== undefined);
  return experiments;
}

const searchableOf = ({ id, name, createdAt, updatedAt, tags }: Experiment): Searchable => ({
  attributes: { experiment_id: id, name, creation_time: createdAt, last_update_time: updatedAt },
  tags: Object.fromEntries(tags),
});
