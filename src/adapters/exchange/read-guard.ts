import ccxt from 'ccxt';
import * as z from 'zod';
import { AresError, messageOf } from '../../core/ares-error.ts';
import type { CircuitBreaker } from '../../core/network/circuit-breaker.ts';
import { type RetryPolicy, retry, type Verdict } from '../../core/network/retry.ts';
import type { Monotonic, Timers } from '../../core/ports/clock.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Random } from '../../core/ports/random.ts';
import { type AnswerFacts, ExchangeAnswer, isBanned, isRateLimited, isUncertain } from './exchange-answer.ts';
import { within } from './within.ts';

export interface ReadPolicy extends RetryPolicy {
  /** One attempt takes no longer, its body included, in milliseconds. */
  readonly attemptMs: number;
}

export interface ReadPorts {
  readonly timers: Timers;
  readonly monotonic: Monotonic;
  readonly random: Random;
  readonly log: Log;
}

/** Runs one read until it succeeds, is refused, or the policy is used up. `what` names it in errors and logs. */
export type ReadGuard = <T>(what: string, read: () => Promise<T>) => Promise<T>;

/** Waits when a rate-limit answer does not say how long. */
const DEFAULT_RATE_LIMIT_WAIT_MS = 1_000;
const DEFAULT_BAN_MS = 120_000;

/**
 * Makes reads of an exchange survive a bad network: retried after network failures, 5xx and 429, stopped by 418 and by a circuit breaker.
 *
 * Its reads reject with AresError `EXCHANGE_UNAVAILABLE` (`data.status`, `data.retryAfterMs` where known) or `EXCHANGE_REFUSED` (`data.status`, `data.venueCode`).
 */
export function createReadGuard(policy: ReadPolicy, breaker: CircuitBreaker, ports: ReadPorts): ReadGuard {
  async function attempt<T>(what: string, read: () => Promise<T>): Promise<T> {
    const admission = breaker.admit();
    if (!admission.admitted) throw notAdmitted(what, admission.because, admission.waitMs);
    try {
      const late = () => new ccxt.RequestTimeout(`no answer within ${policy.attemptMs} ms`);
      const answer = await within(read(), policy.attemptMs, ports.timers, late);
      breaker.succeeded();
      return answer;
    } catch (error) {
      const failure = toFailure(what, error);
      if (failure instanceof AresError && failure.code === 'EXCHANGE_UNAVAILABLE') breaker.failed();
      else breaker.succeeded();
      if (error instanceof ExchangeAnswer) holdAfter(error.facts, breaker);
      throw failure;
    }
  }

  function verdictOn(failure: unknown): Verdict {
    if (!(failure instanceof AresError) || failure.code !== 'EXCHANGE_UNAVAILABLE') return { again: false };
    const { status, because, retryAfterMs } = failure.data;
    if (status === 418 || because === 'failing') return { again: false };
    ports.log.debug('exchange read failed, trying again', { reason: failure.message });
    return { again: true, notBeforeMs: typeof retryAfterMs === 'number' ? retryAfterMs : 0 };
  }

  return (what, read) => retry(() => attempt(what, read), verdictOn, policy, ports);
}

/** Keeps all calls away for as long as the exchange asked. */
export function holdAfter(facts: AnswerFacts, breaker: CircuitBreaker): void {
  if (isRateLimited(facts)) breaker.holdFor(rateLimitWaitMs(facts));
}

const rateLimitWaitMs = (facts: AnswerFacts): number =>
  facts.retryAfterMs ?? (isBanned(facts) ? DEFAULT_BAN_MS : DEFAULT_RATE_LIMIT_WAIT_MS);

function notAdmitted(what: string, because: 'failing' | 'held', waitMs: number): AresError {
  const reason =
    because === 'held' ? 'the exchange asked to be left alone' : 'the last calls failed in a row, so none is made now';
  const retryAfterMs = Math.ceil(waitMs);
  return new AresError('EXCHANGE_UNAVAILABLE', `${what}: ${reason}; try again in ${retryAfterMs} ms`, {
    because,
    retryAfterMs,
  });
}

function toFailure(what: string, error: unknown): unknown {
  if (error instanceof ExchangeAnswer) {
    const { status, venueCode = null, text } = error.facts;
    if (isRateLimited(error.facts)) {
      const retryAfterMs = rateLimitWaitMs(error.facts);
      const message = `${what}: the exchange allows no requests for ${retryAfterMs} ms (${status}): ${text}`;
      return new AresError('EXCHANGE_UNAVAILABLE', message, { status, venueCode, retryAfterMs }, error);
    }
    const code = isUncertain(error.facts) ? 'EXCHANGE_UNAVAILABLE' : 'EXCHANGE_REFUSED';
    return new AresError(code, `${what}: ${error.message}`, { status, venueCode }, error);
  }
  if (isNetworkFailure(error)) {
    return new AresError('EXCHANGE_UNAVAILABLE', `${what}: ${withoutQuery(messageOf(error))}`, {}, redacted(error));
  }
  if (error instanceof z.ZodError) {
    const message = `${what}: the exchange's answer is not what its documentation says: ${z.prettifyError(error)}`;
    return new AresError('EXCHANGE_UNAVAILABLE', message, {}, error);
  }
  return error;
}

/** Whether the exchange was not reached or its answer was lost on the way; the last kind comes from under ccxt, with a code. */
function isNetworkFailure(error: unknown): boolean {
  if (error instanceof ccxt.NetworkError) return true;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(E[A-Z]+|UND_ERR_\w+|HPE_\w+)$/.test(code);
}

/** Addresses of signed requests carry the signature: it has no place in a log. */
export const withoutQuery = (text: string): string => text.replace(/\?\S+/g, '?…');

function redacted(error: unknown): Error {
  const copy = new Error(withoutQuery(messageOf(error)));
  copy.name = error instanceof Error ? error.name : 'Error';
  return copy;
}
