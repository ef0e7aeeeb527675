import { checkMaxResults } from './check-max-results.ts';
import { firstMatches } from './first-matches.ts';
import { MlflowError } from './mlflow-error.ts';
import { pageOffset, pageTokenAt } from './page-token.ts';
import { parseExperimentId } from './parse-experiment-id.ts';
import { planWalk, type WalkPlan } from './plan-walk.ts';
import { MOST_SEARCHED_RUNS, runBoards } from './run-boards.ts';
import type { ParsedSearch, RunSearch } from './run-search.ts';
import { parseFilter } from './search/parse-filter.ts';
import { parseOrderBy } from './search/parse-order-by.ts';
import { type SearchedRun, searchedRun } from './searched-run.ts';
import type { TrackingPorts } from './tracking-ports.ts';
import { stagesOf } from './view-type.ts';

const MOST_RESULTS = 50_000;
/** Runs that a walk along an index looks at before reading the whole experiment is tried. */
const SHORT_WALK = 1_000;

/**
 * Runs that match, in order; without one, the newest first.
 *
 * Searches that an index answers read what they give; others read each experiment once and then what changes.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE also when no index helps and the experiments have more than {@link MOST_SEARCHED_RUNS} runs
 */
export async function searchRuns(
  ports: TrackingPorts,
  search: RunSearch,
): Promise<{ readonly runs: readonly SearchedRun[]; readonly nextPageToken?: string }> {
  const maxResults = checkMaxResults(search.maxResults, MOST_RESULTS);
  const offset = pageOffset(search.pageToken);
  const end = offset + maxResults;
  const found = await firstRuns(ports, {
    experimentIds: [...new Set(search.experimentIds.map(parseExperimentId))],
    view: search.view,
    orderBy: search.orderBy,
    filter: parseFilter('runs', search.filter),
    order: parseOrderBy('runs', search.orderBy),
    count: end + 1,
  });
  const runs = found.slice(offset, end);
  return found.length > end ? { runs, nextPageToken: pageTokenAt(end) } : { runs };
}

async function firstRuns(ports: TrackingPorts, search: ParsedSearch): Promise<readonly SearchedRun[]> {
  const boards = runBoards(ports);
  const walk = search.experimentIds.every((id) => boards.known(id)) ? undefined : await planWalk(ports, search);
  const walked = walk && (await walkAll(search, walk, SHORT_WALK));
  if (walked) {
    for (const id of search.experimentIds) await boards.walked(id);
    return walked;
  }
  const found = await fromBoards(ports, search);
  if (found) return found;
  const plan = walk ?? (await planWalk(ports, search));
  const far = plan && (await walkAll(search, plan, MOST_SEARCHED_RUNS));
  return far ?? refuse(search.experimentIds);
}

/** The first matches of every experiment, each along an index; `undefined` when that would look at too many runs. */
async function walkAll(
  { experimentIds, filter, order, count }: ParsedSearch,
  plan: WalkPlan,
  most: number,
): Promise<readonly SearchedRun[] | undefined> {
  const found: SearchedRun[] = [];
  let looked = 0;
  for (const id of experimentIds) {
    let left = plan.ordered ? count : Number.POSITIVE_INFINITY;
    for await (const stored of plan.walk(id)) {
      looked += 1;
      if (looked > most) return undefined;
      const run = searchedRun(stored);
      if (!filter.matches(run.searchable)) continue;
      found.push(run);
      left -= 1;
      if (left === 0) break;
    }
  }
  return firstMatches(found, count, (a, b) => order.compare(a.searchable, b.searchable));
}

async function fromBoards(ports: TrackingPorts, search: ParsedSearch): Promise<readonly SearchedRun[] | undefined> {
  const stages = stagesOf(search.view);
  const { matches } = search.filter;
  const found: SearchedRun[] = [];
  let all = 0;
  for (const id of search.experimentIds) {
    const board = await runBoards(ports).read(id);
    all += board?.size ?? 0;
    if (!board || all > MOST_SEARCHED_RUNS) return undefined;
    for (const run of board.runs()) {
      if (stages.includes(run.run.stage) && matches(run.searchable)) found.push(run);
    }
  }
  return firstMatches(found, search.count, (a, b) => search.order.compare(a.searchable, b.searchable));
}

function refuse(experimentIds: readonly string[]): never {
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `a search that no index answers must be over at most ${MOST_SEARCHED_RUNS} runs, experiments ${experimentIds.slice(0, 10).join(', ')} have more: ` +
      "order by a metric that the experiment's tag ares.indexed_metrics names, DESC and alone, or newest first, ask for fewer results, or search fewer experiments",
  );
}
