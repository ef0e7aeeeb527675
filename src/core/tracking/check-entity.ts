import { normalPath, pathNotUnique } from '../registry/normal-path.ts';
import { MlflowError } from './mlflow-error.ts';

const MAX_KEY = 250;

const invalid = (message: string): never => {
  throw new MlflowError('INVALID_PARAMETER_VALUE', message);
};

/** Counted in characters, as MLflow counts them, not in UTF-16 units. */
const longer = (text: string, limit: number): boolean => text.length > limit && [...text].length > limit;

/**
 * The name of a metric, a parameter or a tag: letters, digits and a few signs, and no path that leads elsewhere.
 *
 * @param path what the error calls it: `params[0].key`
 * @throws MlflowError INVALID_PARAMETER_VALUE
 */
export function checkEntityName(name: string, path: string): void {
  const wrong = (why: string) =>
    invalid(`Invalid value ${JSON.stringify(name)} for parameter '${path}' supplied: ${why}`);
  if (!/^[/\p{L}\p{N}_.\- :]*$/u.test(name)) {
    wrong(
      'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).',
    );
  }
  if (pathNotUnique(name)) {
    wrong(
      `Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${normalPath(name)}'`,
    );
  }
}

/** @throws MlflowError INVALID_PARAMETER_VALUE */
export function checkLength(what: string, text: string, limit = MAX_KEY): void {
  if (longer(text, limit)) invalid(`'${what}' exceeds the maximum length of ${limit} characters`);
}

/** The text, cut where it is too long, which MLflow does with the values of parameters and tags. */
export const cutTo = (text: string, limit: number): string =>
  longer(text, limit) ? [...text].slice(0, limit).join('') : text;
