import type { Env } from '../../src/compose/env.ts';
import { AresError } from '../../src/core/ares-error.ts';

/**
 * Refuses what a stage's mode asks for and this trader cannot do safely.
 *
 * @throws AresError `MODE_REFUSED`
 */
export function checkMode({
  ARES_MODE: mode,
  ARES_EXCHANGE_URL: url,
}: Pick<Env, 'ARES_MODE' | 'ARES_EXCHANGE_URL'>): void {
  if (mode === 'shadow') {
    throw new AresError(
      'MODE_REFUSED',
      'ARES_MODE must be "paper" or "live", was "shadow": this trader sends orders and cannot only watch',
      { mode },
    );
  }
  if (mode === 'paper' && url === undefined) {
    throw new AresError(
      'MODE_REFUSED',
      'ARES_EXCHANGE_URL must name a paper exchange or a testnet when ARES_MODE is "paper", was not set: the real exchange would be traded on',
      { mode },
    );
  }
}
