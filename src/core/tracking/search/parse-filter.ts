import type { DatasetFilter } from './dataset-filter.ts';
import { hidePrompts } from './hide-prompts.ts';
import { isAboutAny, matchModelMetric } from './match-model-metrics.ts';
import { matchTerm } from './match-term.ts';
import type { SearchTerm } from './search-term.ts';
import type { Searchable, SearchKind } from './searchable.ts';
import { termsOf } from './terms-of.ts';

/** `entity.key = value`, which every match fulfils, so that a search may start from an index. */
export interface Equality {
  readonly entity: 'attribute' | 'tag' | 'param' | 'metric';
  /** The canonical name: `start_time` where the filter says `created`. */
  readonly key: string;
  readonly value: string | number;
}

export interface ParsedFilter {
  readonly matches: (entity: Searchable) => boolean;
  readonly equalities: readonly Equality[];
}

/**
 * Reads a filter of MLflow's search grammar.
 *
 * @param datasets only for logged models: the search's own list of data sets
 * @throws MlflowError INVALID_PARAMETER_VALUE, worded as the genuine server's
 * @example parseFilter('runs', "metrics.accuracy > 0.5 AND tags.model_status = 'candidate'").matches(run)
 */
export function parseFilter(
  kind: SearchKind,
  text: string | undefined,
  datasets: readonly DatasetFilter[] = [],
): ParsedFilter {
  const terms = text ? termsOf(kind, text) : [];
  if (kind === 'logged-models') return parsed(terms, testsOfModels(terms, datasets));
  if (kind === 'runs' || kind === 'experiments') return parsed(terms, terms.map(matchTerm));
  const prompts = hidePrompts(terms);
  return parsed(prompts.terms, [prompts.admits, ...prompts.terms.map(matchTerm)]);
}

type Test = (entity: Searchable) => boolean;

function parsed(terms: readonly SearchTerm[], tests: readonly Test[]): ParsedFilter {
  return { matches: (entity) => tests.every((test) => test(entity)), equalities: terms.flatMap(equalityOf) };
}

function testsOfModels(terms: readonly SearchTerm[], datasets: readonly DatasetFilter[]): readonly Test[] {
  const tests = terms.map((term) => (term.entity === 'metric' ? matchModelMetric(term, datasets) : matchTerm(term)));
  if (datasets.length === 0 || terms.some((term) => term.entity === 'metric')) return tests;
  const isAbout = isAboutAny(datasets);
  return [...tests, ({ modelMetrics = [] }) => modelMetrics.some(isAbout)];
}

function equalityOf({ entity, key, comparator, value }: SearchTerm): readonly Equality[] {
  if (entity === 'dataset' || comparator !== '=' || (typeof value !== 'string' && typeof value !== 'number')) return [];
  return [{ entity, key, value }];
}
