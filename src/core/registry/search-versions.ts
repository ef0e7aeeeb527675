import { readAll } from '../dashboard/read-all.ts';
import { indexes, keys } from '../ledger-keys.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';
import { pageOffset, pageTokenAt } from '../tracking/page-token.ts';
import type { Equality } from '../tracking/search/parse-filter.ts';
import { parseFilter } from '../tracking/search/parse-filter.ts';
import { parseOrderBy } from '../tracking/search/parse-order-by.ts';
import type { Searchable } from '../tracking/search/searchable.ts';
import { versionPages } from './latest-versions.ts';
import { type LiveVersion, liveVersion } from './live-version.ts';
import { parseVersion } from './model-version.ts';
import { findRegisteredModel, parseRegisteredModel, type RegisteredModel } from './registered-model.ts';
import { lastUpdated, versionJson, versionTags } from './registry-json.ts';
import type { RegistryPage, RegistrySearch } from './search-registered-models.ts';

const MAX_RESULTS = 200_000;
/** A search holds what it sorts in memory. */
const MAX_VERSIONS = 50_000;

interface Found {
  readonly model: RegisteredModel;
  readonly live: LiveVersion;
}

/**
 * Versions that fit a filter, last changed first unless ordered otherwise.
 *
 * With `name = '…'` the versions of that model are read, with `run_id = '…'` those of that run; otherwise all.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE, also when more than {@link MAX_VERSIONS} versions would have to be sorted
 */
export async function searchVersions(ledger: LedgerReader, search: RegistrySearch): Promise<RegistryPage> {
  const { maxResults } = search;
  if (maxResults < 1) {
    throw invalid(`Invalid value for max_results. It must be a positive integer, but got ${maxResults}`);
  }
  if (maxResults > MAX_RESULTS) {
    throw invalid(
      `Invalid value for request parameter max_results. It must be at most ${MAX_RESULTS}, but got value ${maxResults}`,
    );
  }
  const filter = parseFilter('model-versions', search.filter);
  const order = parseOrderBy('model-versions', search.orderBy);
  const offset = pageOffset(search.pageToken);
  const matching: { readonly found: Found; readonly searchable: Searchable }[] = [];
  for await (const found of candidates(ledger, filter.equalities)) {
    const searchable = searchableVersion(found);
    if (filter.matches(searchable)) matching.push({ found, searchable });
    if (matching.length > MAX_VERSIONS) {
      throw invalid(`a search must find at most ${MAX_VERSIONS} versions, found more: filter by name or run_id`);
    }
  }
  matching.sort((a, b) => order.compare(a.searchable, b.searchable));
  const end = offset + maxResults;
  const items = matching.slice(offset, end).map(({ found: { model, live } }) => versionJson(model, live));
  return { items, next: matching.length > end ? pageTokenAt(end) : undefined };
}

const invalid = (message: string): MlflowError => new MlflowError('INVALID_PARAMETER_VALUE', message);

async function* candidates(ledger: LedgerReader, equalities: readonly Equality[]): AsyncGenerator<Found> {
  const wanted = (name: string) => equalities.find(({ entity, key }) => entity === 'attribute' && key === name)?.value;
  const name = wanted('name');
  const runId = wanted('run_id');
  if (typeof name === 'string' && name !== '') {
    const stored = await findRegisteredModel(ledger, name);
    if (stored) yield* versionsOf(ledger, stored.model);
    return;
  }
  if (typeof runId === 'string' && runId !== '') {
    yield* versionsOfRun(ledger, runId);
    return;
  }
  const { table, pk } = keys.registeredModel('');
  for await (const item of readAll(ledger, { table, pk })) yield* versionsOf(ledger, parseRegisteredModel(item).model);
}

async function* versionsOf(ledger: LedgerReader, model: RegisteredModel): AsyncGenerator<Found> {
  for await (const versions of versionPages(ledger, model.id)) for (const live of versions) yield { model, live };
}

async function* versionsOfRun(ledger: LedgerReader, runId: string): AsyncGenerator<Found> {
  const { table } = keys.modelVersion('', 0);
  const { pk } = indexes.versionsOfRun(runId);
  for await (const item of readAll(ledger, { table, pk, by: 'index' })) {
    const { version } = parseVersion(item);
    // What is left of a deleted model has no name any more.
    const named = await ledger.get(keys.registeredModelName(version.modelId));
    const stored = named && (await findRegisteredModel(ledger, String(named.value.name)));
    if (stored?.model.id === version.modelId) yield { model: stored.model, live: await liveVersion(ledger, version) };
  }
}

function searchableVersion({ model, live }: Found): Searchable {
  const { version, runId, source, createdAt, updatedAt } = live.version;
  return {
    attributes: {
      name: model.name,
      version_number: version,
      run_id: runId,
      source_path: source,
      creation_timestamp: createdAt,
      last_updated_timestamp: lastUpdated(updatedAt, createdAt, model.renamedAt),
    },
    tags: Object.fromEntries(versionTags(live)),
  };
}
