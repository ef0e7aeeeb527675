import { invalidSearch } from './invalid-search.ts';
import { pythonCollection } from './python-collection.ts';
import type { SearchEntity, SearchField } from './search-term.ts';
import { unquoteKey } from './unquote.ts';

const ENTITIES: Readonly<Record<string, SearchEntity>> = {
  metric: 'metric',
  metrics: 'metric',
  parameter: 'param',
  parameters: 'param',
  param: 'param',
  params: 'param',
  tag: 'tag',
  tags: 'tag',
  attribute: 'attribute',
  attributes: 'attribute',
  attr: 'attribute',
  run: 'attribute',
  dataset: 'dataset',
  datasets: 'dataset',
};
const ENTITY_NAMES = ['metric', 'parameter', 'tag', 'attribute', 'dataset'];
const DATASET_KEYS = ['name', 'digest', 'context'];
const TIMES = ['created', 'Created'];
const NAMES = ['run name', 'Run name', 'Run Name'];
const ATTRIBUTES = ['artifact_uri', 'end_time', 'run_id', 'run_name', 'start_time', 'status', 'user_id', ...TIMES];

/**
 * Reads `metrics.loss`, `` params.`a b` ``, `datasets.name` or a bare attribute. The key is as written, which messages quote: see `canonicalRunKey`.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE for an unknown entity, attribute or data set key
 */
export function readRunField(written: string, use: 'filter' | 'order'): SearchField {
  const dot = written.indexOf('.');
  const entity = dot < 0 ? 'attribute' : entityOf(written.slice(0, dot));
  const key = unquoteKey(written.slice(dot + 1));
  const attributes = use === 'filter' ? [...ATTRIBUTES, ...NAMES] : ATTRIBUTES;
  if (entity === 'attribute' && !attributes.includes(key)) {
    throw invalidSearch(
      `Invalid attribute key '${key}' specified. Valid keys are '${pythonCollection('set', attributes)}'`,
    );
  }
  if (entity === 'dataset' && !DATASET_KEYS.includes(key)) {
    throw invalidSearch(
      `Invalid dataset key '${key}' specified. Valid keys are '${pythonCollection('set', DATASET_KEYS)}'`,
    );
  }
  return { entity, key };
}

function entityOf(written: string): SearchEntity {
  const name = /^`.*`$/su.test(written) && written.length >= 2 ? written.slice(1, -1) : written;
  if (Object.hasOwn(ENTITIES, name)) return ENTITIES[name] ?? 'attribute';
  throw invalidSearch(`Invalid entity type '${name}'. Valid values are ${pythonCollection('list', ENTITY_NAMES)}`);
}

/** The attribute's own name where an older one was written. */
export function canonicalRunKey({ entity, key }: SearchField): string {
  if (entity !== 'attribute') return key;
  if (TIMES.includes(key)) return 'start_time';
  return NAMES.includes(key) ? 'run_name' : key;
}
