export type Comparator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'LIKE'
  | 'ILIKE'
  | 'IN'
  | 'NOT IN'
  | 'IS NULL'
  | 'IS NOT NULL';

export type SearchEntity = 'attribute' | 'tag' | 'param' | 'metric' | 'dataset';

/** Which value of an entity is meant. */
export interface SearchField {
  readonly entity: SearchEntity;
  /** The canonical name. */
  readonly key: string;
}

/** What a clause's right side says; null for IS NULL and IS NOT NULL. */
export type SearchValue = string | number | readonly string[] | null;

/** One clause of a filter, understood and allowed. */
export interface SearchTerm extends SearchField {
  readonly comparator: Comparator;
  readonly value: SearchValue;
}
