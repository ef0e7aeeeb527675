import { describe, expect, it } from 'vitest';
import { MlflowError } from '../../../../src/core/tracking/mlflow-error.ts';
import type { LoggedModelOrder } from '../../../../src/core/tracking/search/logged-model-order.ts';
import { parseFilter } from '../../../../src/core/tracking/search/parse-filter.ts';
import { parseOrderBy } from '../../../../src/core/tracking/search/parse-order-by.ts';
import type { Searchable, SearchKind } from '../../../../src/core/tracking/search/searchable.ts';
import { type GoldenAnswer, goldenSearch } from './golden-search.ts';

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

/** Where the genuine server crashes, the caller has made a mistake and is told. */
function expected(answer: GoldenAnswer): unknown {
  if ('crash' in answer) return { error: { code: 'INVALID_PARAMETER_VALUE', message: expect.any(String) } };
  if ('ids' in answer) return answer;
  return { error: { ...answer.error, message: withSortedSets(answer.error.message) } };
}

function listed(kind: SearchKind, order: readonly (string | LoggedModelOrder)[]): readonly string[] {
  const { compare } =
    kind === 'logged-models'
      ? parseOrderBy(kind, order as readonly LoggedModelOrder[])
      : parseOrderBy(kind, order as readonly string[]);
  const admitted = entities[kind].filter(parseFilter(kind, undefined).matches);
  return admitted.toSorted(compare).map((entity) => idOf(kind, entity));
}

describe('a search answers as the genuine MLflow server', () => {
  it.each(filters.map((entry) => ({ ...entry, name: `${entry.kind}: ${entry.filter}` })))('$name', (entry) => {
    const { kind, filter, datasets, answer } = entry;
    const ours = answered(() => {
      const { matches } = parseFilter(kind, filter, datasets);
      return entities[kind]
        .filter(matches)
        .map((entity) => idOf(kind, entity))
        .sort();
    });
    expect(ours).toEqual(expected(answer));
  });

  it.each(orders.map((entry) => ({ ...entry, name: `${entry.kind} by ${JSON.stringify(entry.order_by)}` })))(
    '$name',
    (entry) => {
      const { kind, order_by, answer } = entry;
      expect(answered(() => listed(kind, order_by))).toEqual(expected(answer));
    },
  );
});
