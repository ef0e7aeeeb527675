import type { AccessToken } from '../../../src/core/access/access-token.ts';
import { hashToken } from '../../../src/core/access/token-secret.ts';
import type { Monotonic } from '../../../src/core/ports/clock.ts';

/** A revoked token may still be taken for valid so long. */
const KEPT_MS = 5_000;
const MOST = 1_000;

interface Kept {
  readonly token: Promise<AccessToken | undefined>;
  readonly at: number;
}

/** Remembers for a moment what the ledger said of a token; what it does not know is asked again each time, so that guesses fill nothing. */
export function createTokenCache(
  find: (secret: string) => Promise<AccessToken | undefined>,
  monotonic: Monotonic,
): { find(secret: string): Promise<AccessToken | undefined> } {
  const kept = new Map<string, Kept>();
  const ask = (hash: string, secret: string): Promise<AccessToken | undefined> => {
    const token = find(secret);
    const entry = { token, at: monotonic.now() };
    kept.delete(hash);
    kept.set(hash, entry);
    const [oldest] = kept.keys();
    if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
    const forget = (): void => {
      if (kept.get(hash) === entry) kept.delete(hash);
    };
    token.then((found) => found ?? forget(), forget);
    return token;
  };
  return {
    find(secret) {
      const hash = hashToken(secret);
      const entry = kept.get(hash);
      return entry && monotonic.now() - entry.at < KEPT_MS ? entry.token : ask(hash, secret);
    },
  };
}
