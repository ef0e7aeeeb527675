import { AresError } from '../ares-error.ts';
import type { JsonObject, Key } from '../ports/ledger.ts';
import { keyText } from './check-commit.ts';

/** @throws AresError `LEDGER_CORRUPT` naming the key when the stored text is not a JSON object */
export function decodeValue(key: Key, text: string): JsonObject {
  let value: unknown;
  let cause: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    cause = error;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AresError(
      'LEDGER_CORRUPT',
      `the stored value of ${keyText(key)} must be a JSON object, was not`,
      { key: keyText(key) },
      cause,
    );
  }
  return value as JsonObject;
}
