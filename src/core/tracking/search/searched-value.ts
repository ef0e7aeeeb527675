import type { SearchField } from './search-term.ts';
import type { Searchable } from './searchable.ts';

const RUN_NAME_TAG = 'mlflow.runName';

/** What an entity has under a field; undefined for nothing. A run's name and its tag `mlflow.runName` are one thing, whichever is known. */
export function searchedValue(entity: Searchable, { entity: kind, key }: SearchField): string | number | undefined {
  if (kind === 'metric') return own(entity.metrics, key);
  if (kind === 'param') return own(entity.params, key);
  if (kind === 'tag')
    return own(entity.tags, key) ?? (key === RUN_NAME_TAG ? known(entity.attributes.run_name) : undefined);
  const tag = key === 'run_name' ? own(entity.tags, RUN_NAME_TAG) : undefined;
  return tag ?? known(own(entity.attributes, key));
}

/** Keys come from callers: `constructor` is a key like any other. */
function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  const value = record?.[key];
  // Asking each record whether it has the key would double the time of a search over thousands.
  if (value === undefined || !INHERITED.has(key)) return value;
  return record !== undefined && Object.hasOwn(record, key) ? value : undefined;
}

/** Names that every object answers to. */
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

function known(value: string | number | null | undefined): string | number | undefined {
  return value ?? undefined;
}
