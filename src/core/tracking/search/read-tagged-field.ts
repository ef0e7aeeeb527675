import { invalidSearch } from './invalid-search.ts';
import { pythonCollection } from './python-collection.ts';
import { unquoteKey } from './unquote.ts';

const ENTITIES = ['attribute', 'tag', 'tags'];

export interface TaggedField {
  readonly entity: 'attribute' | 'tag';
  readonly key: string;
}

/**
 * Reads `name`, `attribute.name` or `tags.owner`, of what has attributes and tags only.
 *
 * @param quotable whether an attribute may stand in quotes
 * @throws MlflowError INVALID_PARAMETER_VALUE for another entity or an unknown attribute
 */
export function readTaggedField(written: string, attributes: readonly string[], quotable: boolean): TaggedField {
  const dot = written.indexOf('.');
  const prefix = dot < 0 ? 'attribute' : written.slice(0, dot);
  if (!ENTITIES.includes(prefix)) {
    throw invalidSearch(
      `Invalid entity type '${prefix}'. Valid entity types are ${pythonCollection('tuple', ENTITIES)}`,
    );
  }
  const raw = written.slice(dot + 1);
  const isAttribute = prefix === 'attribute';
  const key = isAttribute && !quotable ? raw : unquoteKey(raw);
  if (isAttribute && !attributes.includes(key)) {
    throw invalidSearch(
      `Invalid attribute key '${key}' specified. Valid keys are '${pythonCollection('set', attributes)}'`,
    );
  }
  return { entity: isAttribute ? 'attribute' : 'tag', key };
}
