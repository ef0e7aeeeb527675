import { open } from 'node:fs/promises';
import * as z from 'zod';
import { AresError, messageOf } from '../../core/ares-error.ts';
import type { ExchangeKeys, Secrets } from '../../core/ports/secrets.ts';

const schema = z.strictObject({
  apiKey: z.string().min(1),
  secret: z.string().min(1),
  passphrase: z.string().min(1).optional(),
});

const OTHERS = 0o077;

/** Neither the parser's message nor a cause goes into the error: both may quote the content. */
function parseKeys(text: string, path: string): ExchangeKeys {
  const shape = `${path} must be JSON like {"apiKey": "…", "secret": "…"} with text in both`;
  let content: unknown;
  let readable = true;
  try {
    content = JSON.parse(text);
  } catch {
    readable = false;
  }
  if (!readable) throw new AresError('KEYS_INVALID', `${shape}, was not JSON`, { path });
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const known = Object.keys(schema.shape);
  const wrong = parsed.error.issues.map((issue) => String(issue.path[0] ?? '')).filter((name) => known.includes(name));
  throw new AresError(
    'KEYS_INVALID',
    wrong.length > 0
      ? `${shape}; wrong or missing: ${[...new Set(wrong)].join(', ')}`
      : `${shape} and nothing else beside them but "passphrase"`,
    { path },
  );
}

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
        const { mode } = await file.stat();
        if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
          const was = (mode & 0o777).toString(8).padStart(4, '0');
          throw new AresError(
            'KEYS_EXPOSED',
            `${path} must be 0600, was ${was}: others can read or change it. Run: chmod 600 ${path}`,
            { path, was },
          );
        }
        return parseKeys(await file.readFile('utf8'), path);
      } finally {
        await file.close();
      }
    },
  };
}
