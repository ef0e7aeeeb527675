import { open } from 'node:fs/promises';
import { AresError, messageOf } from '../../core/ares-error.ts';
import type { Secrets } from '../../core/ports/secrets.ts';
import { parseExchangeKeys } from '../../core/security/exchange-keys.ts';
import { requireOwnerOnly } from './owner-only.ts';

/**
 * The keys of one exchange account from a JSON file that only its owner can read; the file is read at each call, so that new keys need no restart.
 *
 * @param path without one no account has keys
 */
export function createFileSecrets(path: string | undefined): Secrets {
  return {
    async exchangeKeys(account) {
      if (path === undefined) {
        throw new AresError(
          'KEYS_MISSING',
          `ARES_KEYS_FILE must name a file with the keys of account "${account}", was not set`,
          { account },
        );
      }
      const file = await open(path, 'r').catch((error: unknown) => {
        throw new AresError(
          'KEYS_MISSING',
          `the keys of account "${account}" must be readable from ${path}, were not: ${messageOf(error)}`,
          { account, path },
        );
      });
      try {
        await requireOwnerOnly(file, path, 'KEYS_EXPOSED');
        return parseExchangeKeys(await file.readFile('utf8'), path, { path });
      } finally {
        await file.close();
      }
    },
  };
}
