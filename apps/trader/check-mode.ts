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
  ARES_LOCKSTEP: lockstep,
}: Pick<Env, 'ARES_MODE' | 'ARES_EXCHANGE_URL' | 'ARES_LOCKSTEP'>): void {
  if (mode === 'paper' && url === undefined) {
    throw new AresError(
      'MODE_REFUSED',
      'ARES_EXCHANGE_URL must name a paper exchange or a testnet when ARES_MODE is "paper", was not set: the real exchange would be traded on',
      { mode },
    );
  }
  if (mode !== undefined && mode !== 'paper' && lockstep) {
    throw new AresError(
      'MODE_REFUSED',
      `ARES_LOCKSTEP must be 0 when ARES_MODE is "${mode}", was 1: a market that trades the present waits for nobody`,
      { mode },
    );
  }
}
