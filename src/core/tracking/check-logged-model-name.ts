import { MlflowError } from './mlflow-error.ts';
import { pythonCollection } from './search/python-collection.ts';
import { pythonText } from './search/python-text.ts';

const REFUSED = ['/', ':', '.', '%', '"', "'"];
/** As long as the genuine server's column. */
const MAX_LENGTH = 500;

/** @throws MlflowError INVALID_PARAMETER_VALUE, in the genuine server's words */
export function checkLoggedModelName(name: string): void {
  if (name.length > MAX_LENGTH) {
    const message = `the name of a logged model must have at most ${MAX_LENGTH} characters, had ${name.length}`;
    throw new MlflowError('INVALID_PARAMETER_VALUE', message);
  }
  if (!REFUSED.some((character) => name.includes(character))) return;
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `Invalid model name (${pythonText(name)}) provided. Model name must be a non-empty string and cannot contain the following characters: ${pythonCollection('tuple', REFUSED)}`,
  );
}
