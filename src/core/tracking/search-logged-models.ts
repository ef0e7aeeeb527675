import { indexes } from '../ledger-keys.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { type LoggedModel, type LoggedModelMetric, loggedModelSchema } from './logged-model.ts';
import { type LoggedModelsPosition, loggedModelsToken, readLoggedModelsToken } from './logged-models-token.ts';
import { MlflowError } from './mlflow-error.ts';
import { parseExperimentId } from './parse-experiment-id.ts';
import { readLoggedModelMetrics } from './read-logged-model-metrics.ts';
import type { DatasetFilter } from './search/dataset-filter.ts';
import type { LoggedModelOrder } from './search/logged-model-order.ts';
import { parseFilter } from './search/parse-filter.ts';
import { parseOrderBy } from './search/parse-order-by.ts';
import { searchableLoggedModel } from './searchable-logged-model.ts';

const DEFAULT_RESULTS = 100;
const PAGE = 1_000;
/** More than anybody looks through; a search that reads more is a mistake, and its memory a danger. */
const MAX_READ = 50_000;

export interface LoggedModelSearch {
  readonly experimentIds: readonly string[];
  readonly filter: string;
  readonly datasets: readonly DatasetFilter[];
  readonly orderBy: readonly LoggedModelOrder[];
  /** 0 for the default, 100. */
  readonly maxResults: number;
  /** Empty for the first page. */
  readonly pageToken: string;
}

export interface FoundLoggedModel {
  readonly model: LoggedModel;
  readonly metrics: readonly LoggedModelMetric[];
}

const invalid = (message: string) => new MlflowError('INVALID_PARAMETER_VALUE', message);

function checkSearch({ datasets, maxResults }: LoggedModelSearch): void {
  if (datasets.some(({ dataset_name }) => dataset_name === ''))
    throw invalid('`dataset_name` in the `datasets` clause must be specified.');
  if (maxResults < 0)
    throw invalid(`Invalid value for max_results. It must be at least 0, but got value ${maxResults}`);
}

/** Models of the experiments that are not deleted: of one experiment newest first. */
async function* modelsOf(ledger: LedgerReader, experimentIds: readonly string[]): AsyncGenerator<LoggedModel> {
  let read = 0;
  for (const experimentId of experimentIds) {
    const { pk } = indexes.loggedModels(experimentId);
    let after: string | undefined;
    do {
      const page = await ledger.query({
        table: 'registry',
        pk,
        by: 'index',
        limit: PAGE,
        ...(after ? { after } : {}),
      });
      read += page.items.length;
      if (read > MAX_READ) {
        const remedy = 'search fewer experiments, or delete models that nobody needs';
        throw invalid(`a search must read at most ${MAX_READ} logged models, these experiments have more: ${remedy}`);
      }
      for (const { value } of page.items) yield loggedModelSchema.parse(value);
      after = page.next;
    } while (after !== undefined);
  }
}

/** Whether filter or order look at metrics: those of whole experiments are then read first. */
const asksForMetrics = ({ filter, datasets, orderBy }: LoggedModelSearch): boolean =>
  datasets.length > 0 ||
  filter.includes('metrics') ||
  orderBy.some(({ field_name = '' }) => field_name.startsWith('metrics'));

async function metricsOfAll(ledger: LedgerReader, experimentIds: readonly string[]) {
  const all = await Promise.all(experimentIds.map((id) => readLoggedModelMetrics(ledger, id)));
  return new Map(all.flatMap((byModel) => [...byModel]));
}

/**
 * Searches logged models with MLflow's grammar.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE for a filter, an order, a page token or an id that is none
 */
export async function searchLoggedModels(
  ledger: LedgerReader,
  search: LoggedModelSearch,
): Promise<{ readonly found: readonly FoundLoggedModel[]; readonly nextPageToken?: string }> {
  checkSearch(search);
  const { orderBy } = search;
  const experimentIds = [...new Set(search.experimentIds.map(parseExperimentId))];
  const position: LoggedModelsPosition = {
    experimentIds: search.experimentIds,
    filter: search.filter,
    orderBy,
    offset: 0,
  };
  const { offset } = search.pageToken === '' ? position : readLoggedModelsToken(search.pageToken, position);
  const { matches } = parseFilter('logged-models', search.filter, search.datasets);
  const { compare } = parseOrderBy('logged-models', orderBy);
  const end = offset + (search.maxResults || DEFAULT_RESULTS);
  const known = asksForMetrics(search) ? await metricsOfAll(ledger, experimentIds) : undefined;
  const isInOrder = orderBy.length === 0 && experimentIds.length < 2;

  const matching = [];
  for await (const model of modelsOf(ledger, experimentIds)) {
    const searchable = searchableLoggedModel(model, known?.get(model.modelId) ?? []);
    if (matches(searchable)) matching.push({ model, searchable });
    if (isInOrder && matching.length > end) break;
  }
  if (!isInOrder) matching.sort((a, b) => compare(a.searchable, b.searchable));
  const found = await Promise.all(
    matching.slice(offset, end).map(async ({ model }) => {
      const { experimentId, modelId } = model;
      const byModel = known ?? (await readLoggedModelMetrics(ledger, experimentId, modelId));
      return { model, metrics: byModel.get(modelId) ?? [] };
    }),
  );
  return matching.length > end ? { found, nextPageToken: loggedModelsToken({ ...position, offset: end }) } : { found };
}
