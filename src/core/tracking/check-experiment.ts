import { checkEntityName, checkLength } from './check-entity.ts';
import { MlflowError } from './mlflow-error.ts';

const MAX_NAME = 500;
const MAX_TAG_VALUE = 20_000;
const MAX_LOCATION = 2_048;

const invalid = (message: string): never => {
  throw new MlflowError('INVALID_PARAMETER_VALUE', message);
};

/** @throws MlflowError INVALID_PARAMETER_VALUE */
export function checkExperimentName(name: string): void {
  if (name === '') invalid("Invalid experiment name: ''");
  checkLength('name', name, MAX_NAME);
}

/** @throws MlflowError INVALID_PARAMETER_VALUE */
export function checkExperimentTag(key: string, value: string): void {
  checkEntityName(key, 'key');
  checkLength('key', key);
  checkLength('value', value, MAX_TAG_VALUE);
}

/**
 * A place for artifacts that a caller wants: never a path of the machine that serves.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE
 */
export function checkArtifactLocation(location: string): void {
  if (location.length > MAX_LOCATION) {
    invalid(
      `Invalid artifact path length. The length of the artifact path cannot be greater than ${MAX_LOCATION} characters.`,
    );
  }
  if (/#.|^(https?|s?ftp):.*;/i.test(location)) invalid("'artifact_location' URL can't include fragments or params.");
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(location)?.[1]?.toLowerCase();
  if (scheme !== undefined && !['file', 'runs', 'models'].includes(scheme)) return;
  invalid(
    `artifact_location must be a URI that clients reach, such as s3:// or mlflow-artifacts:/, and no path of this machine, was '${location}'`,
  );
}
