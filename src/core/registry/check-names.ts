import { MlflowError } from '../tracking/mlflow-error.ts';
import { normalPath, pathNotUnique } from './normal-path.ts';

/** A name becomes part of a key. */
const MAX_NAME_BYTES = 1_000;
const MAX_TAG_KEY = 250;
const MAX_TAG_VALUE = 100_000;
const MAX_ALIAS = 255;

const invalid = (message: string): never => {
  throw new MlflowError('INVALID_PARAMETER_VALUE', message);
};
const tooLong = (what: string, limit: number): never =>
  invalid(`'${what}' exceeds the maximum length of ${limit} characters`);
/** Lengths are counted in characters, as MLflow counts them, not in UTF-16 units. */
const longer = (text: string, limit: number): boolean => text.length > limit && [...text].length > limit;

function requirePlain(field: string, name: string): void {
  if (!pathNotUnique(name)) return;
  invalid(
    `Invalid value ${JSON.stringify(name)} for parameter '${field}' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${normalPath(name)}'`,
  );
}

/** @throws MlflowError INVALID_PARAMETER_VALUE */
export function checkModelName(name: string, field = 'name'): void {
  if (name.trim() === '') invalid(`Missing value for required parameter '${field}'.`);
  if (/[/:]/.test(name)) invalid(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`);
  requirePlain('name', name);
  if (new TextEncoder().encode(name).length > MAX_NAME_BYTES) tooLong('name', MAX_NAME_BYTES);
}

/** @throws MlflowError INVALID_PARAMETER_VALUE */
export function checkTagKey(key: string): void {
  if (!/^[/\p{L}\p{N}_.\- :]*$/u.test(key)) {
    invalid(
      `Invalid value ${JSON.stringify(key)} for parameter 'key' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).`,
    );
  }
  requirePlain('key', key);
}

/** @throws MlflowError INVALID_PARAMETER_VALUE */
export function checkTag(key: string, value: string): void {
  checkTagKey(key);
  if (longer(key, MAX_TAG_KEY)) tooLong('key', MAX_TAG_KEY);
  if (longer(value, MAX_TAG_VALUE)) tooLong('value', MAX_TAG_VALUE);
}

/** @throws MlflowError INVALID_PARAMETER_VALUE */
export function checkAlias(alias: string): void {
  if (alias === '') invalid('Registered model alias name cannot be empty.');
  if (!/^[\p{L}\p{N}_-]*$/u.test(alias)) {
    invalid(`Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`);
  }
  if (longer(alias, MAX_ALIAS)) tooLong('Registered model alias name', MAX_ALIAS);
}

/** Refuses what names a version already. @throws MlflowError INVALID_PARAMETER_VALUE */
export function checkNewAlias(alias: string): void {
  checkAlias(alias);
  if (alias.toLowerCase() === 'latest') invalid("'latest' alias name (case insensitive) is reserved.");
  if (/^v\d+$/i.test(alias)) invalid(`Version alias name '${alias}' is reserved.`);
}

/** @throws MlflowError INVALID_PARAMETER_VALUE; a number no version can have is no error here */
export function parseVersionNumber(text: string): number {
  if (/^\s*[+-]?\d+(_\d+)*\s*$/.test(text)) return Number(text.replaceAll('_', ''));
  return invalid(`Parameter 'version' must be an integer, got '${text}'.`);
}
