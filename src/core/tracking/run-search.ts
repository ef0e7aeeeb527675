import type { ParsedFilter } from './search/parse-filter.ts';
import type { ParsedOrderBy } from './search/parse-order-by.ts';
import type { ViewType } from './view-type.ts';

/** A search of runs as it is asked for. */
export interface RunSearch {
  readonly experimentIds: readonly string[];
  readonly view: ViewType;
  readonly filter?: string | undefined;
  readonly orderBy: readonly string[];
  readonly maxResults: number;
  readonly pageToken?: string | undefined;
}

/** A search whose texts have been read. */
export interface ParsedSearch extends Pick<RunSearch, 'view' | 'orderBy'> {
  readonly experimentIds: readonly string[];
  readonly filter: ParsedFilter;
  readonly order: ParsedOrderBy;
  /** So many results are wanted, those of the pages before among them. */
  readonly count: number;
}
