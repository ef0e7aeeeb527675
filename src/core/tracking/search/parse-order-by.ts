import type { LoggedModelOrder } from './logged-model-order.ts';
import { compareByKey, type OrderKey } from './order-key.ts';
import { attributeKey, orderKeysOf } from './order-keys-of.ts';
import { orderKeyOfLoggedModels } from './order-keys-of-logged-models.ts';
import type { Searchable, SearchKind } from './searchable.ts';

export type { LoggedModelOrder };

/** Logged models are ordered by objects, everything else by texts such as `metrics.accuracy DESC`. */
export type OrderClause<K extends SearchKind> = K extends 'logged-models' ? LoggedModelOrder : string;

export type FirstOrderKey = Pick<OrderKey, 'entity' | 'key' | 'ascending'>;

export interface ParsedOrderBy {
  /** Negative when `a` comes first. Total: zero only for the same entity. */
  readonly compare: (a: Searchable, b: Searchable) => number;
  /** The first key that the caller asked for, by its canonical name; undefined when the kind's own order applies. */
  readonly first: FirstOrderKey | undefined;
}

type Tail = readonly (readonly [key: string, ascending: boolean])[];

/** What decides when the caller's keys do not; a key that the caller named has decided already. */
const TAILS: Readonly<Record<SearchKind, Tail>> = {
  runs: [
    ['start_time', false],
    ['run_id', true],
  ],
  experiments: [['experiment_id', false]],
  'registered-models': [['name', true]],
  'model-versions': [
    ['name', true],
    ['version_number', false],
  ],
  'logged-models': [
    ['creation_timestamp', false],
    ['model_id', true],
  ],
};

/** What comes before the tail when the caller names nothing. */
const DEFAULTS: Readonly<Partial<Record<SearchKind, Tail>>> = {
  experiments: [
    ['creation_time', false],
    ['experiment_id', true],
  ],
  'model-versions': [['last_updated_timestamp', false]],
};

/**
 * Reads the orderings of a search, adds the kind's own tie-breakers, and gives a comparison.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE, worded as the genuine server's
 * @example runs.sort(parseOrderBy('runs', ['metrics.accuracy DESC']).compare)
 */
export function parseOrderBy<K extends SearchKind>(
  kind: K,
  clauses: readonly OrderClause<K>[] | undefined,
): ParsedOrderBy;
export function parseOrderBy(kind: SearchKind, clauses: readonly (string | LoggedModelOrder)[] = []): ParsedOrderBy {
  const asked =
    kind === 'logged-models'
      ? clauses.filter((clause) => typeof clause !== 'string').map(orderKeyOfLoggedModels)
      : orderKeysOf(
          kind,
          clauses.filter((clause) => typeof clause === 'string'),
        );
  const defaults = asked.length === 0 ? (DEFAULTS[kind] ?? []) : [];
  const tail = [...defaults, ...TAILS[kind]].map(([key, ascending]) => attributeKey(key, ascending));
  const comparisons = [...asked, ...tail].map(compareByKey);
  return { compare: (a, b) => firstDifference(comparisons, a, b), first: asked[0] };
}

function firstDifference(comparisons: readonly ParsedOrderBy['compare'][], a: Searchable, b: Searchable): number {
  for (const compare of comparisons) {
    const difference = compare(a, b);
    if (difference !== 0) return difference;
  }
  return 0;
}
