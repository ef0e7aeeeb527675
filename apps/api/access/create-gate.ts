import { type AccessToken, tokenState } from '../../../src/core/access/access-token.ts';
import { type Caller, callerOf, LOCAL_READER } from '../../../src/core/access/caller.ts';
import { findToken } from '../../../src/core/access/read-tokens.ts';
import type { Right } from '../../../src/core/access/right.ts';
import type { RateLimit } from '../../../src/core/access/token-bucket.ts';
import type { Monotonic, WallClock } from '../../../src/core/ports/clock.ts';
import type { LedgerReader } from '../../../src/core/ports/ledger.ts';
import { MlflowError } from '../../../src/core/tracking/mlflow-error.ts';
import type { Gate } from './gate.ts';
import { createRates } from './rates.ts';
import { readCredentials } from './read-credentials.ts';
import { createTokenCache } from './token-cache.ts';

export interface GateOptions {
  /** Whether reading needs no token: where only this machine's users can ask. */
  readonly openReads: boolean;
  /** Of each token; those without one share one. */
  readonly rate: RateLimit;
}

/** Tries with tokens that are none, of everybody together: enough for mistakes, nothing for guessing. */
const REFUSED_RATE: RateLimit = { burst: 100, perSecond: 10 };

const refused = (message: string): MlflowError => new MlflowError('UNAUTHENTICATED', message);
const HOW =
  'Send one as "Authorization: Bearer TOKEN" (MLFLOW_TRACKING_TOKEN for MLflow); "ares token create" makes them.';

/** The gate over the tokens of a ledger: a revocation is in force everywhere within five seconds, an expiry at once. */
export function createGate(
  { openReads, rate }: GateOptions,
  ports: { readonly ledger: LedgerReader; readonly wallClock: WallClock; readonly monotonic: Monotonic },
): Gate {
  const { wallClock, monotonic } = ports;
  const cache = createTokenCache((secret) => findToken(ports.ledger, secret), monotonic);
  const rates = createRates(rate, monotonic);
  const refusals = createRates(REFUSED_RATE, monotonic);

  function holder(token: AccessToken | undefined): Caller {
    const state = token && tokenState(token, wallClock.now());
    if (token && state === 'valid') {
      rates.take(token.name);
      return callerOf(token);
    }
    refusals.take('');
    if (state === undefined) throw refused(`the token must be one that Ares has given, was not. ${HOW}`);
    throw refused(`the token must be valid, is ${state}. ${HOW}`);
  }

  async function identify(authorization: string | undefined): Promise<Caller> {
    const credentials = readCredentials(authorization);
    if (credentials === undefined && openReads) {
      rates.take('');
      return LOCAL_READER;
    }
    if (credentials === undefined) throw refused(`a token must be sent, was not. ${HOW}`);
    if (credentials === 'unreadable')
      throw refused(
        `Authorization must be "Bearer TOKEN" or Basic with the token as the password, was neither. ${HOW}`,
      );
    return holder(await cache.find(credentials.secret));
  }

  return {
    async admit(authorization: string | undefined, right: Right) {
      const caller = await identify(authorization);
      if (caller.can(right)) return caller;
      if (caller === LOCAL_READER) throw refused(`a token must be sent for what changes something, was not. ${HOW}`);
      throw new MlflowError(
        'PERMISSION_DENIED',
        `Permission denied: token ${caller.user} must have the right "${right}", has it not`,
        { user: caller.user, right },
      );
    },
  };
}
