import { AresError, messageOf } from '../ares-error.ts';
import { type Field, flattenEvent } from './flatten-event.ts';
import { type Condition, compileCondition } from './pattern-condition.ts';

/** An EventBridge event pattern as it is written, for instance `{ source: ['ares.models'], 'detail-type': ['ModelUpdated'] }`. */
export type EventPattern = Readonly<Record<string, unknown>>;

/** Whether an event, in EventBridge's own form with `detail-type`, matches. */
export type EventMatcher = (event: object) => boolean;

/** Conditions by path; all paths must be met, each by one of its conditions. */
type Alternative = ReadonlyMap<string, readonly Condition[]>;

/** EventBridge's own limit on what `$or`s multiply to. */
const MAX_ALTERNATIVES = 1_000;

const OPERATORS: ReadonlySet<string> = new Set([
  ...['exactly', 'prefix', 'suffix', 'equals-ignore-case', 'wildcard'],
  ...['anything-but', 'numeric', 'cidr', 'exists'],
]);

const isObject = (value: unknown): value is EventPattern =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function invalid(path: string, message: string, cause?: unknown): AresError {
  return new AresError('PATTERN_INVALID', `event pattern${path && ` at ${path}`}: ${message}`, { path }, cause);
}

function compileList(list: readonly unknown[], path: string): readonly Condition[] {
  if (list.length === 0) throw invalid(path, 'a list must hold at least one value, was empty');
  return list.map((entry) => {
    try {
      return compileCondition(entry);
    } catch (error) {
      throw invalid(path, messageOf(error), error);
    }
  });
}

/** `$or` is a relation when it lists two objects or more; else it is a field that happens to be called so. */
function isRelation(value: unknown): value is readonly EventPattern[] {
  if (!Array.isArray(value) || value.length < 2 || !value.every(isObject)) return false;
  return !value.every((entry) => Object.keys(entry).every((name) => OPERATORS.has(name)));
}

function refuseOperatorNames(branch: EventPattern, path: string): void {
  for (const [name, inner] of Object.entries(branch)) {
    if (OPERATORS.has(name)) throw invalid(path, `a field inside $or must not be named like an operator, was ${name}`);
    if (isObject(inner)) refuseOperatorNames(inner, path);
  }
}

/** The pattern as alternatives. Where a path is listed twice the later list replaces the earlier, as in AWS's Event Ruler. */
function alternatives(pattern: EventPattern, prefix: string, before: readonly Alternative[]): readonly Alternative[] {
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw invalid(prefix, 'an object must have at least one field, was empty');
  let found = before;
  for (const [name, value] of entries) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (name === '$or' && isRelation(value)) {
      for (const branch of value) refuseOperatorNames(branch, path);
      found = value.flatMap((branch) => alternatives(branch, prefix, found));
      if (found.length > MAX_ALTERNATIVES) {
        throw invalid(path, `$or must multiply to at most ${MAX_ALTERNATIVES} alternatives, were ${found.length}`);
      }
    } else if (Array.isArray(value)) {
      const conditions = compileList(value, path);
      found = found.map((alternative) => new Map([...alternative, [path, conditions]]));
    } else if (isObject(value)) {
      found = alternatives(value, path, found);
    } else {
      throw invalid(path, `a field must be an object or a list of values, was ${JSON.stringify(value)}`);
    }
  }
  return found;
}

/** Two fields of one array must come from the same element of it. */
function join(chosen: ReadonlyMap<number, number>, field: Field): ReadonlyMap<number, number> | undefined {
  if (field.elements.size === 0) return chosen;
  const joined = new Map(chosen);
  for (const [array, index] of field.elements) {
    const other = joined.get(array);
    if (other !== undefined && other !== index) return undefined;
    joined.set(array, index);
  }
  return joined;
}

type Paths = readonly (readonly [string, readonly Condition[]])[];

function matches(
  paths: Paths,
  at: number,
  fields: ReadonlyMap<string, readonly Field[]>,
  chosen: ReadonlyMap<number, number>,
): boolean {
  const next = paths[at];
  if (next === undefined) return true;
  const [path, conditions] = next;
  let present = false;
  for (const field of fields.get(path) ?? []) {
    const joined = join(chosen, field);
    if (joined === undefined) continue;
    present = true;
    const holds = conditions.some((condition) => condition !== 'absent' && condition(field.leaf));
    if (holds && matches(paths, at + 1, fields, joined)) return true;
  }
  return !present && conditions.includes('absent') && matches(paths, at + 1, fields, chosen);
}

/**
 * Compiles an EventBridge event pattern, with the semantics of AWS's Event Ruler 2.1.0.
 *
 * @throws AresError `PATTERN_INVALID` naming the path, what must be there and what was
 * @example eventPattern({ source: ['ares.models'], detail: { data: { accuracy: [{ numeric: ['>', 0.5] }] } } })(event)
 */
export function eventPattern(pattern: EventPattern): EventMatcher {
  if (!isObject(pattern)) throw invalid('', `must be an object, was ${JSON.stringify(pattern)}`);
  const compiled: readonly Paths[] = alternatives(pattern, '', [new Map()]).map((alternative) =>
    [...alternative].sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  return (event) => {
    const fields = flattenEvent(event);
    return compiled.some((paths) => matches(paths, 0, fields, new Map()));
  };
}
