import { describe, expect, it } from 'vitest';
import { type Channel, superviseChannel } from '../../../src/adapters/exchange/supervised-channel.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const policy = { baseMs: 100, capMs: 1_000, connectMs: 5_000, stableMs: 10_000 };

/** A channel whose connections a test opens, refuses and loses, over time that passes only in waits between attempts. */
function harness(giveUp: (failure: unknown, triedMs: number) => boolean = () => false) {
  let now = 0;
  const waits: number[] = [];
  const states: string[] = [];
  const attempts: { up(): void; succeed(): void; refuse(reason: string): void; lose(reason: string): void }[] = [];
  const waiting: (() => void)[] = [];
  const channel: Channel = {
    name: 'market',
    connect(up) {
      const lost = Promise.withResolvers<never>();
      lost.promise.catch(() => undefined);
      const connecting = Promise.withResolvers<{ lost: Promise<never> }>();
      attempts.push({
        up,
        succeed: () => connecting.resolve({ lost: lost.promise }),
        refuse: (reason) => connecting.reject(new Error(reason)),
        lose: (reason) => lost.reject(new Error(reason)),
      });
      waiting.shift()?.();
      return connecting.promise;
    },
    disconnect(reason) {
      attempts.at(-1)?.refuse(reason);
      attempts.at(-1)?.lose(reason);
    },
  };
  const timers = {
    sleep(ms: number, signal?: AbortSignal) {
      if (ms === policy.connectMs) {
        return new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));
      }
      waits.push(ms);
      now += ms;
      return Promise.resolve();
    },
    every: () => () => undefined,
  };
  const supervised = superviseChannel(channel, policy, (state, reason) => states.push(`${state}: ${reason}`), giveUp, {
    timers,
    monotonic: { now: () => now },
    random: { next: () => 1, id: () => '' },
    log: silent,
  });
  const attempt = async (number: number) => {
    while (attempts.length < number) await new Promise<void>((resolve) => waiting.push(resolve));
    return attempts[number - 1]!;
  };
  return { supervised, states, waits, attempt, pass: (ms: number) => (now += ms) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('superviseChannel', () => {
  it('is ready when the channel is up, and says so once', async () => {
    const { supervised, states, attempt } = harness();
    const first = await attempt(1);
    first.up();
    first.up();
    first.succeed();
    await supervised.ready;
    await settled();
    expect(states).toEqual(['up: connected']);
    await supervised.stop();
  });

  it('tells of a loss before it connects again, and waits longer each time', async () => {
    const { supervised, states, waits, attempt } = harness();
    for (let i = 1; i <= 4; i += 1) {
      const connection = await attempt(i);
      connection.succeed();
      await settled();
      connection.lose('reset');
    }
    await attempt(5);
    expect(waits).toEqual([100, 200, 400, 800]);
    expect(states.slice(0, 4)).toEqual(['up: connected', 'down: reset', 'up: connected again', 'down: reset']);
    await supervised.stop();
  });

  it('begins the backoff afresh after a connection that held', async () => {
    const { supervised, waits, attempt, pass } = harness();
    for (let i = 1; i <= 3; i += 1) (await attempt(i)).refuse('no');
    const held = await attempt(4);
    held.succeed();
    await settled();
    pass(10_000);
    held.lose('reset');
    await attempt(5);
    expect(waits).toEqual([100, 200, 400, 100]);
    await supervised.stop();
  });

  it('never gives up once it was up', async () => {
    const { supervised, attempt } = harness(() => true);
    (await attempt(1)).succeed();
    await supervised.ready;
    (await attempt(1)).lose('reset');
    (await attempt(2)).refuse('bad key');
    await attempt(3);
    await supervised.stop();
  });

  it('gives up before that when told to, with the failure', async () => {
    const { supervised, states, attempt } = harness((_, triedMs) => triedMs >= 300);
    for (let i = 1; i <= 3; i += 1) (await attempt(i)).refuse(`no ${i}`);
    await expect(supervised.ready).rejects.toThrow('no 3');
    expect(states).toEqual([]);
  });

  it('tells nothing more after stop, and rejects who still waits', async () => {
    const { supervised, states, attempt } = harness();
    await attempt(1);
    const ready = expect(supervised.ready).rejects.toMatchObject({ code: 'STREAM_CLOSED' });
    await supervised.stop();
    await ready;
    expect(states).toEqual([]);
  });

  it('ends without a word when stopped while up', async () => {
    const { supervised, states, attempt } = harness();
    (await attempt(1)).succeed();
    await supervised.ready;
    await supervised.stop();
    expect(states).toEqual(['up: connected']);
  });
});
