import { AresError } from '../ares-error.ts';
import type { AppendRecord } from '../ports/ledger.ts';
import { checkWrittenKey, keyText } from './check-commit.ts';

/**
 * What every ledger demands of a record before it is appended.
 *
 * @throws AresError `KEY_INVALID` also for the audit table, where nothing expires; `APPEND_INVALID` when it expires at no time there is
 */
export function checkAppend({ key, index, expiresAt }: AppendRecord): void {
  checkWrittenKey(key, index);
  if (expiresAt === undefined) return;
  if (Number.isInteger(expiresAt) && expiresAt >= 0 && expiresAt < 1e15) return;
  throw new AresError(
    'APPEND_INVALID',
    `expiresAt must be milliseconds since 1970, was ${expiresAt} for ${keyText(key)}`,
  );
}
