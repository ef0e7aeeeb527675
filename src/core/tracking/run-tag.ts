import { checkEntityName, checkLength, cutTo } from './check-entity.ts';

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** The tag that is a run's name too. */
export const RUN_NAME_TAG = 'mlflow.runName';

const MAX_TAG_VALUE = 8_000;
const MAX_PARAM_VALUE = 6_000;

const inside = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** The tag as it is kept: a long value is cut. @param path `tags[0]`, for the error @throws MlflowError INVALID_PARAMETER_VALUE */
export function checkTag({ key, value }: KeyValue, path = ''): KeyValue {
  checkEntityName(key, inside(path, 'key'));
  checkLength(inside(path, 'key'), key);
  return { key, value: cutTo(value, MAX_TAG_VALUE) };
}

/** The parameter as it is kept: a long value is cut. @param path `params[0]`, for the error @throws MlflowError INVALID_PARAMETER_VALUE */
export function checkParam({ key, value }: KeyValue, path = ''): KeyValue {
  checkEntityName(key, inside(path, 'key'));
  checkLength('Param key', key);
  return { key, value: cutTo(value, MAX_PARAM_VALUE) };
}
