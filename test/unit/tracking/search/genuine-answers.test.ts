import { describe, expect, it } from 'vitest';
import { MlflowError } from '../../../../src/core/tracking/mlflow-error.ts';
import type { LoggedModelOrder } from '../../../../src/core/tracking/search/logged-model-order.ts';
import { parseFilter } from '../../../../src/core/tracking/search/parse-filter.ts';
import { parseOrderBy } from '../../../../src/core/tracking/search/parse-order-by.ts';
import type { Searchable, SearchKind } from '../../../../src/core/tracking/search/searchable.ts';
import { type GoldenAnswer, goldenSearch } from './golden-search.ts';
import { KNOWN_DEVIATIONS } from './known-deviations.ts';

const { entities, filters, orders } = goldenSearch;

function idOf(kind: SearchKind, { attributes }: Searchable): string {
  if (kind === 'model-versions') return `${attributes.name}/${attributes.version_number}`;
  const key = {
    runs: 'run_id',
    experiments: 'experiment_id',
    'registered-models': 'name',
    'logged-models': 'model_id',
  }[kind];
  return String(attributes[key]);
}

/** Python's sets have no order. */
function withSortedSets(message: string): string {
  return message.replace(/\{('[^{}]*')\}/gu, (_, items: string) => `{${items.split(', ').sort().join(', ')}}`);
}

function answered(search: () => readonly string[]): GoldenAnswer {
  try {
    return { ids: [...search()] };
  } catch (error) {
    if (!(error instanceof MlflowError)) throw error;
    return { error: { code: error.code, message: withSortedSets(error.message) } };
  }
}

/** Where the genuine server fails (status 500), it is the caller's mistake, and the caller is told. */
function expected(search: string, answer: GoldenAnswer): unknown {
  const deviation = KNOWN_DEVIATIONS[search];
  if (deviation !== undefined) return deviation.ours;
  if ('ids' in answer) return answer;
  const isFault = 'crash' in answer || answer.error.code === 'INTERNAL_ERROR';
  if (!isFault) return answer;
  const isTold = 'error' in answer && answer.error.message.includes('duplicate fields');
  const message: unknown = isTold ? answer.error.message : expect.any(String);
  return { error: { code: 'INVALID_PARAMETER_VALUE', message } };
}

function listed(kind: SearchKind, order: readonly (string | LoggedModelOrder)[]): readonly string[] {
  const { compare } =
    kind === 'logged-models'
      ? parseOrderBy(kind, order as readonly LoggedModelOrder[])
      : parseOrderBy(kind, order as readonly string[]);
  const admitted = entities[kind].filter(parseFilter(kind, undefined).matches);
  return admitted.toSorted(compare).map((entity) => idOf(kind, entity));
}

const filterCases = filters.map((entry) => ({ ...entry, search: `${entry.kind}: ${entry.filter}` }));
const orderCases = orders.map((entry) => ({ ...entry, search: `${entry.kind}: ${JSON.stringify(entry.order_by)}` }));

describe('a search answers as the genuine MLflow server', () => {
  it.each(filterCases)('$search', ({ kind, filter, datasets, answer, search }) => {
    const ours = answered(() => {
      const { matches } = parseFilter(kind, filter, datasets);
      const found = entities[kind].filter(matches).map((entity) => idOf(kind, entity));
      return found.sort();
    });
    expect(ours).toEqual(expected(search, answer));
  });

  it.each(orderCases)('$search', ({ kind, order_by, answer, search }) => {
    expect(answered(() => listed(kind, order_by))).toEqual(expected(search, answer));
  });

  it.each(Object.entries(KNOWN_DEVIATIONS))('deviates on purpose in %s', (name, { ours }) => {
    const [genuine] = [...filterCases, ...orderCases].filter(({ search }) => search === name);
    expect(genuine).toBeDefined();
    expect(genuine?.answer).not.toEqual(ours);
  });
});
