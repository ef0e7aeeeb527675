import { readAll } from '../dashboard/read-all.ts';
import { keys } from '../ledger-keys.ts';
import type { JsonObject, LedgerReader } from '../ports/ledger.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';
import { pageOffset, pageTokenAt } from '../tracking/page-token.ts';
import { parseFilter } from '../tracking/search/parse-filter.ts';
import { parseOrderBy } from '../tracking/search/parse-order-by.ts';
import type { Searchable } from '../tracking/search/searchable.ts';
import { liveAliases } from './champion-version.ts';
import { latestVersions } from './latest-versions.ts';
import { parseRegisteredModel, type RegisteredModel } from './registered-model.ts';
import { modelJson, modelTags } from './registry-json.ts';

/** What a client asks for; texts are not checked yet. */
export interface RegistrySearch {
  readonly filter: string | undefined;
  readonly orderBy: readonly string[];
  readonly maxResults: number;
  readonly pageToken: string | undefined;
}

export interface RegistryPage {
  readonly items: readonly JsonObject[];
  readonly next: string | undefined;
}

const MAX_RESULTS = 1_000;

/**
 * Registered models that fit a filter, by name unless ordered otherwise.
 *
 * In the order of names only as many are read as the page needs; a filter by name reads that one.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE
 */
export async function searchRegisteredModels(ledger: LedgerReader, search: RegistrySearch): Promise<RegistryPage> {
  const { maxResults, orderBy } = search;
  if (maxResults > MAX_RESULTS) {
    throw new MlflowError(
      'INVALID_PARAMETER_VALUE',
      `Invalid value for request parameter max_results. It must be at most ${MAX_RESULTS}, but got value ${maxResults}`,
    );
  }
  const filter = parseFilter('registered-models', search.filter);
  const order = parseOrderBy('registered-models', orderBy);
  const offset = pageOffset(search.pageToken);
  const end = offset + maxResults;
  const isByName = order.first === undefined || (order.first.key === 'name' && order.first.ascending);
  const found: { readonly model: RegisteredModel; readonly searchable: Searchable }[] = [];
  for await (const model of candidates(ledger, filter.equalities)) {
    const searchable = searchableModel(model);
    if (filter.matches(searchable)) found.push({ model, searchable });
    if (isByName && found.length > end) break;
  }
  if (!isByName) found.sort((a, b) => order.compare(a.searchable, b.searchable));
  const page = await Promise.all(found.slice(offset, end).map(({ model }) => describe(ledger, model)));
  return { items: page, next: found.length > end ? pageTokenAt(end) : undefined };
}

async function* candidates(
  ledger: LedgerReader,
  equalities: ReturnType<typeof parseFilter>['equalities'],
): AsyncGenerator<RegisteredModel> {
  const { table, pk } = keys.registeredModel('');
  const name = equalities.find(({ entity, key }) => entity === 'attribute' && key === 'name')?.value;
  const range = name === undefined || name === '' ? {} : { from: String(name), to: String(name) };
  for await (const item of readAll(ledger, { table, pk, ...range })) yield parseRegisteredModel(item).model;
}

function searchableModel(model: RegisteredModel): Searchable {
  const { name, createdAt, updatedAt } = model;
  return {
    attributes: { name, creation_timestamp: createdAt, last_updated_timestamp: updatedAt },
    tags: Object.fromEntries(modelTags(model)),
  };
}

/** A registered model with the newest version in each stage and its aliases. */
export async function describe(ledger: LedgerReader, model: RegisteredModel): Promise<JsonObject> {
  const [latest, aliases] = await Promise.all([latestVersions(ledger, model), liveAliases(ledger, model)]);
  return modelJson(model, latest, aliases);
}
