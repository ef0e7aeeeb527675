import { invalidSearch } from './invalid-search.ts';
import { type OrderKey, refuseDuplicates } from './order-key.ts';
import { pythonCollection } from './python-collection.ts';
import { readOrderText } from './read-order-text.ts';
import { canonicalRunKey, readRunField } from './read-run-field.ts';
import { readTaggedField } from './read-tagged-field.ts';
import type { SearchKind } from './searchable.ts';
import { searchedValue } from './searched-value.ts';
import { EXPERIMENT_ATTRIBUTES } from './terms-of-experiments.ts';

/** Ordered by texts, which logged models are not. */
export type TextOrderedKind = Exclude<SearchKind, 'logged-models'>;

const VERSION_ATTRIBUTES = ['name', 'version_number', 'creation_timestamp', 'last_updated_timestamp'];
const MODEL_KEYS = ['name', 'timestamp', 'last_updated_timestamp'];

/**
 * Reads the keys that a caller wants to order by.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE for a clause outside the kind's grammar, or two of the same key
 */
export function orderKeysOf(kind: TextOrderedKind, clauses: readonly string[]): readonly OrderKey[] {
  const keys = clauses.map((clause) => {
    const { field, ascending } = readOrderText(clause);
    return READERS[kind](field.trim(), ascending);
  });
  // Experiments may name a key twice, as with the genuine server; the second has no effect.
  if (kind !== 'experiments') refuseDuplicates(keys, clauses);
  return keys;
}

const READERS: Readonly<Record<TextOrderedKind, (field: string, ascending: boolean) => OrderKey>> = {
  runs: runKey,
  experiments: (field, ascending) => attributeKey(experimentKey(field), ascending),
  'registered-models': (field, ascending) => attributeKey(modelKey(field), ascending),
  'model-versions': (field, ascending) => attributeKey(versionKey(field), ascending),
};

function runKey(written: string, ascending: boolean): OrderKey {
  const field = readRunField(written, 'order');
  const { entity } = field;
  if (entity === 'dataset') throw invalidSearch("Invalid identifier type 'dataset'");
  const key = canonicalRunKey(field);
  if (entity === 'attribute') return attributeKey(key, ascending);
  return { entity, key, ascending, read: (run) => searchedValue(run, { entity, key }) };
}

function experimentKey(written: string): string {
  const { entity, key } = readTaggedField(written, EXPERIMENT_ATTRIBUTES, true);
  if (entity === 'tag') throw invalidSearch(`Invalid order_by entity: ${entity}`);
  return key;
}

function versionKey(written: string): string {
  const { entity, key } = readTaggedField(written, VERSION_ATTRIBUTES, true);
  if (entity === 'attribute') return key;
  throw invalidSearch(
    `Invalid order by key '${key}' specified. Valid keys are ${pythonCollection('set', VERSION_ATTRIBUTES)}`,
  );
}

function modelKey(written: string): string {
  if (!MODEL_KEYS.includes(written)) {
    throw invalidSearch(
      `Invalid order by key '${written}' specified. Valid keys are '${pythonCollection('set', ['name', 'timestamp'])}'`,
    );
  }
  return written === 'timestamp' ? 'last_updated_timestamp' : written;
}

/** A key of the entity itself. Ids of experiments are numbers written as text. */
export function attributeKey(key: string, ascending: boolean): OrderKey {
  const read: OrderKey['read'] = (entity) => {
    const value = entity.attributes[key] ?? undefined;
    return key === 'experiment_id' && value !== undefined ? sortableId(String(value)) : value;
  };
  return { entity: 'attribute', key, ascending, read };
}

const ID_DIGITS = 20;

function sortableId(id: string): string {
  return /^\d+$/u.test(id) ? id.padStart(ID_DIGITS, '0') : id;
}
