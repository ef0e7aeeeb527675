import { AresError } from '../ares-error.ts';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { Key } from '../ports/ledger.ts';
import { keyText } from './check-commit.ts';

/** Bytes of UTF-8: DynamoDB takes items of 400 KB, keys and names included, and one machine keeps to the same. */
const MAX_VALUE_BYTES = 380_000;

const utf8 = new TextEncoder();

/**
 * The stored text of an item's value, equal for equal values.
 *
 * @throws AresError `VALUE_INVALID` when it is not JSON, `ITEM_TOO_LARGE` over {@link MAX_VALUE_BYTES}
 */
export function encodeValue(key: Key, value: unknown): string {
  const text = canonicalJson(value);
  const bytes = text.length * 3 <= MAX_VALUE_BYTES ? text.length : utf8.encode(text).length;
  if (bytes > MAX_VALUE_BYTES) {
    throw new AresError(
      'ITEM_TOO_LARGE',
      `an item's value must have at most ${MAX_VALUE_BYTES} bytes, had ${bytes}: ${keyText(key)}. Keep large things in the model store and their hash here.`,
      { key: keyText(key), bytes, max: MAX_VALUE_BYTES },
    );
  }
  return text;
}
