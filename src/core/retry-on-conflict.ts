import { AresError } from './ares-error.ts';

/** Says that the attempt's commit met another writer: what it was decided on has to be read again. */
export const CONFLICT = Symbol('conflict');

/**
 * Repeats an attempt that reads, decides and commits until no other writer comes between.
 *
 * @throws AresError `LEDGER_CONTENDED` after `attempts` conflicts; nothing was written, and trying later is safe
 */
export async function retryOnConflict<T>(
  what: string,
  attempt: () => Promise<T | typeof CONFLICT>,
  attempts = 10,
): Promise<T> {
  for (let left = attempts; left > 0; left--) {
    const result = await attempt();
    if (result !== CONFLICT) return result;
  }
  throw new AresError(
    'LEDGER_CONTENDED',
    `${what} must find a moment without other writers within ${attempts} attempts, found none`,
    { attempts },
  );
}
