import type { Json, JsonObject } from '../ports/ledger.ts';
import type { LiveConfig } from './live-config.ts';

/** One setting that differs. */
export interface ConfigChange {
  readonly field: string;
  readonly from: Json;
  readonly to: Json;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The settings that differ, by dotted path, in the order of the paths; `null` stands for a setting that one side lacks. */
export function diffConfig(before: LiveConfig, after: LiveConfig): readonly ConfigChange[] {
  const from = flatten(before);
  const to = flatten(after);
  const fields = [...new Set([...from.keys(), ...to.keys()])].sort();
  return fields
    .map((field) => ({ field, from: from.get(field) ?? null, to: to.get(field) ?? null }))
    .filter((change) => change.from !== change.to);
}

function flatten(value: JsonObject, prefix = '', into = new Map<string, Json>()): Map<string, Json> {
  for (const [name, inner] of Object.entries(value)) {
    if (isObject(inner)) flatten(inner, `${prefix}${name}.`, into);
    else into.set(`${prefix}${name}`, inner);
  }
  return into;
}
