import ccxt from 'ccxt';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ExchangeAnswer } from '../../../src/adapters/exchange/exchange-answer.ts';
import { createReadGuard } from '../../../src/adapters/exchange/read-guard.ts';
import { AresError } from '../../../src/core/ares-error.ts';
import { createCircuitBreaker } from '../../../src/core/network/circuit-breaker.ts';
import { manualTime } from '../network/manual-time.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

function guarded(failuresToOpen = 100) {
  const time = manualTime();
  // A race against the attempt's time limit must not use up manual time.
  const timers = {
    ...time.timers,
    sleep: (ms: number, signal?: AbortSignal) => (signal ? never() : time.timers.sleep(ms)),
  };
  const breaker = createCircuitBreaker({ failuresToOpen, openMs: 2_000 }, time.monotonic);
  const policy = { baseMs: 100, capMs: 1_000, maxAttempts: 4, maxTotalMs: 10_000, attemptMs: 5_000 };
  const random = { next: () => 0.5, id: () => '' };
  return {
    time,
    breaker,
    read: createReadGuard(policy, breaker, { timers, monotonic: time.monotonic, random, log: silent }),
  };
}

const never = () => new Promise<never>(() => undefined);

/** Fails with these, one a call, then answers. */
function source(...failures: unknown[]) {
  let calls = 0;
  return {
    calls: () => calls,
    async read() {
      const failure = failures[calls];
      calls += 1;
      if (failure !== undefined) throw failure;
      return 'answer';
    },
  };
}

const answer = (status: number, venueCode?: string, retryAfterMs?: number) =>
  new ExchangeAnswer({
    status,
    text: 'said the exchange',
    ...(venueCode === undefined ? {} : { venueCode }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

const coded = (code: string) => Object.assign(new Error('other side closed'), { code });

describe('read guard', () => {
  it.each([
    ['a network failure', new ccxt.NetworkError('binance GET http://h/x fetch failed')],
    ['a timeout', new ccxt.RequestTimeout('timed out')],
    ['a socket that closes inside the body', coded('UND_ERR_SOCKET')],
    ['a reset', coded('ECONNRESET')],
    ['a broken HTTP answer', coded('HPE_INVALID_CONSTANT')],
    ['500', answer(500)],
    ['503 from a proxy', answer(503)],
    ['an internal failure under status 400', answer(400, '-1001')],
    ['an answer that is not understood', new z.ZodError([])],
  ])('survives %s', async (_, failure) => {
    const { read } = guarded();
    await expect(read('balances', source(failure, failure).read)).resolves.toBe('answer');
  });

  it('gives up after the last attempt, saying what was read and what happened', async () => {
    const { read } = guarded();
    const down = source(...Array<unknown>(9).fill(answer(503)));
    await expect(read('balances', down.read)).rejects.toMatchObject({
      code: 'EXCHANGE_UNAVAILABLE',
      message: 'balances: exchange answered 503: said the exchange',
      data: { status: 503 },
    });
    expect(down.calls()).toBe(4);
  });

  it('does not repeat what the exchange refused', async () => {
    const { read } = guarded();
    const refused = source(answer(401, '-2015'), answer(401, '-2015'));
    await expect(read('balances', refused.read)).rejects.toMatchObject({
      code: 'EXCHANGE_REFUSED',
      data: { status: 401, venueCode: '-2015' },
    });
    expect(refused.calls()).toBe(1);
  });

  it('waits as long as a 429 asks, and one second when it does not say', async () => {
    const asked = guarded();
    await expect(asked.read('x', source(answer(429, '-1003', 3_000)).read)).resolves.toBe('answer');
    expect(asked.time.slept).toEqual([3_000]);
    const silentOne = guarded();
    await silentOne.read('x', source(answer(429)).read);
    expect(silentOne.time.slept).toEqual([1_000]);
  });

  it('lets nobody else call while a 429 is waited out', async () => {
    const { read, breaker } = guarded();
    const limited = read('x', source(answer(429, '-1003', 30_000)).read);
    await expect(limited).rejects.toMatchObject({
      code: 'EXCHANGE_UNAVAILABLE',
      data: { status: 429, retryAfterMs: 30_000 },
    });
    expect(breaker.admit()).toMatchObject({ admitted: false, because: 'held' });
    const other = source();
    await expect(read('y', other.read)).rejects.toMatchObject({
      code: 'EXCHANGE_UNAVAILABLE',
      data: { because: 'held', retryAfterMs: 30_000 },
    });
    expect(other.calls()).toBe(0);
  });

  it('stops at 418 with the status and the wait, and stays away until then', async () => {
    const { read, time } = guarded();
    const banned = source(answer(418, '-1003', 60_000));
    await expect(read('x', banned.read)).rejects.toMatchObject({ data: { status: 418, retryAfterMs: 60_000 } });
    expect(banned.calls()).toBe(1);
    time.pass(59_000);
    await expect(read('x', banned.read)).resolves.toBe('answer');
    expect(time.slept).toEqual([1_000]);
  });

  it('fails at once while the circuit is open, and lets one read try when it has waited', async () => {
    const { read, time } = guarded(4);
    const down = source(...Array<unknown>(4).fill(answer(500)));
    await expect(read('x', down.read)).rejects.toMatchObject({ data: { status: 500 } });
    await expect(read('x', down.read)).rejects.toMatchObject({
      code: 'EXCHANGE_UNAVAILABLE',
      data: { because: 'failing' },
    });
    expect(down.calls()).toBe(4);
    time.pass(2_000);
    await expect(read('x', down.read)).resolves.toBe('answer');
  });

  it('counts a refusal as an answer: the exchange is there', async () => {
    const { read, breaker } = guarded(2);
    for (let i = 0; i < 5; i += 1) await expect(read('x', source(answer(400, '-1121')).read)).rejects.toThrow();
    expect(breaker.admit()).toEqual({ admitted: true });
  });

  it('passes on, as it is, what has nothing to do with the network', async () => {
    const { read } = guarded();
    const missing = new AresError('KEYS_MISSING', 'no keys');
    await expect(read('x', source(missing).read)).rejects.toBe(missing);
    const bug = new TypeError('x is not a function');
    await expect(read('x', source(bug).read)).rejects.toBe(bug);
  });

  it('keeps signatures out of errors, the causes included', async () => {
    const { read } = guarded();
    const signed = new ccxt.RequestTimeout(
      'binance GET http://h/api/v3/account?timestamp=1&signature=abcdef request timed out',
    );
    const failure: unknown = await read('account', source(signed, signed, signed, signed).read).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(AresError);
    for (let error = failure; error instanceof Error; error = error.cause) {
      expect(`${error.message} ${error.stack}`).not.toContain('abcdef');
      expect(error.message).toContain('?… request timed out');
    }
  });
});
