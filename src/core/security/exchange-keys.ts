import * as z from 'zod';
import { AresError, type ErrorData } from '../ares-error.ts';
import type { ExchangeKeys } from '../ports/secrets.ts';

const schema = z.strictObject({
  apiKey: z.string().min(1),
  secret: z.string().min(1),
  passphrase: z.string().min(1).optional(),
});

/** What stands in a place for keys until somebody has put them there. */
export const KEYS_PLACEHOLDER = 'REPLACE_ME';

/**
 * Keys from JSON text. Neither the parser's message nor a cause goes into the error: both may quote the content.
 *
 * @param where names the file or secret the text is from
 * @throws AresError `KEYS_INVALID` that repeats nothing of the text
 */
export function parseExchangeKeys(text: string, where: string, data: ErrorData): ExchangeKeys {
  const shape = `${where} must be JSON like {"apiKey": "…", "secret": "…"} with text in both`;
  let content: unknown;
  let readable = true;
  try {
    content = JSON.parse(text);
  } catch {
    readable = false;
  }
  if (!readable) throw new AresError('KEYS_INVALID', `${shape}, was not JSON`, data);
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const known = Object.keys(schema.shape);
  const wrong = parsed.error.issues.map((issue) => String(issue.path[0] ?? '')).filter((name) => known.includes(name));
  throw new AresError(
    'KEYS_INVALID',
    wrong.length > 0
      ? `${shape}; wrong or missing: ${[...new Set(wrong)].join(', ')}`
      : `${shape} and nothing else beside them but "passphrase"`,
    data,
  );
}
