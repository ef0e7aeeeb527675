import { describe, expect, it } from 'vitest';
import { keys } from '../../../src/core/ledger-keys.ts';
import { acquireLease, type Lease } from '../../../src/core/trading/lease.ts';
import { slot } from '../../support/engine-harness.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { createVirtualTime } from '../../support/virtual-time.ts';

const TTL = 1_000;
const RECV_WINDOW = 500;

function scene() {
  const ledger = createMemoryLedger();
  const log = recordingLog();
  const trader = (owner: string, time = createVirtualTime()) => {
    const options = { slot, owner, ttlMs: TTL, recvWindowMs: RECV_WINDOW };
    return {
      time,
      acquire: (signal?: AbortSignal) =>
        acquireLease(options, { ledger, monotonic: time.monotonic, timers: time.timers, log }, signal),
    };
  };
  return { ledger, trader, log };
}

async function settled(promise: Promise<Lease>): Promise<Lease | undefined> {
  return Promise.race([
    promise,
    new Promise<undefined>((resolve) => setImmediate(() => setImmediate(() => resolve(undefined)))),
  ]);
}

describe('the lease', () => {
  it('is taken at once when nobody has it, and held as long as it is renewed', async () => {
    const { trader } = scene();
    const one = trader('one');
    const lease = await one.acquire();
    expect(lease.epoch).toBe(1);
    await one.time.pass(20 * TTL);
    expect(lease.holds()).toBe(true);
  });

  it('goes to a successor at once, with a higher epoch, when it was given back', async () => {
    const { trader } = scene();
    const first = await trader('one').acquire();
    await first.release();
    expect(first.holds()).toBe(false);
    const second = await trader('two').acquire();
    expect(second.epoch).toBe(2);
  });

  it('of a trader that died is taken only after its time to live and a receive window', async () => {
    const { trader } = scene();
    const dead = trader('one');
    await dead.acquire();
    const two = trader('two');
    const waiting = two.acquire();
    await two.time.pass(TTL + RECV_WINDOW - 120);
    expect(await settled(waiting)).toBeUndefined();
    await two.time.pass(400);
    expect((await settled(waiting))?.epoch).toBe(2);
  });

  it('of a trader that lives is never taken', async () => {
    const { trader } = scene();
    const one = trader('one');
    const lease = await one.acquire();
    const two = trader('two');
    const waiting = two.acquire();
    for (let step = 0; step < 50; step += 1) {
      await one.time.pass(TTL / 5);
      await two.time.pass(TTL / 5);
    }
    expect(await settled(waiting)).toBeUndefined();
    expect(lease.holds()).toBe(true);
  });

  it('a paused trader does not hold when it wakes, and never again', async () => {
    const { trader } = scene();
    const one = trader('one');
    const lease = await one.acquire();
    one.time.freeze(TTL);
    expect(lease.holds()).toBe(false);
    await one.time.pass(TTL);
    expect(lease.holds()).toBe(false);
    expect(await lease.lost).toMatch(/was not renewed within 1000 ms/);
  });

  it('is lost to whoever took it, however fresh its own clock', async () => {
    const { ledger, trader } = scene();
    const one = trader('one');
    const lease = await one.acquire();
    await ledger.commit({
      token: 'thief',
      writes: [{ kind: 'put', key: keys.lease(slot), expected: 1, value: { owner: 'two', epoch: 2 } }],
      audit: [],
      events: [],
    });
    await one.time.pass(TTL / 2);
    expect(lease.holds()).toBe(false);
    expect(await lease.lost).toMatch(/another trader has taken the lease/);
    await lease.release();
  });

  it('guards commits: what a former owner writes does not happen', async () => {
    const { ledger, trader } = scene();
    const lease = await trader('one').acquire();
    const write = (token: string) =>
      ledger.commit({
        token,
        writes: [lease.guard(), { kind: 'put', key: keys.account(slot), expected: 'absent', value: {} }],
        audit: [],
        events: [],
      });
    await ledger.commit({
      token: 'thief',
      writes: [{ kind: 'put', key: keys.lease(slot), expected: 1, value: { owner: 'two', epoch: 2 } }],
      audit: [],
      events: [],
    });
    expect((await write('late')).outcome).toBe('conflict');
    expect(await ledger.get(keys.account(slot))).toBeUndefined();
    await expect(lease.release()).rejects.toMatchObject({
      code: 'LEASE_LOST',
      message: `the lease of ${slot} must be ours when it is given back, was taken by another trader`,
    });
  });

  it('survives a renewal that fails once, and is lost when all fail', async () => {
    const { ledger, trader, log } = scene();
    const one = trader('one');
    const lease = await one.acquire();
    let fail = 1;
    ledger.beforeCommit = () => {
      if (fail-- > 0) throw new Error('database is locked');
    };
    await one.time.pass(TTL);
    expect(lease.holds()).toBe(true);
    expect(log.lines).toMatchObject([
      {
        level: 'warn',
        message: 'the lease could not be renewed',
        fields: { slot, error: { message: 'database is locked' } },
      },
    ]);
    fail = Number.POSITIVE_INFINITY;
    await one.time.pass(2 * TTL);
    expect(lease.holds()).toBe(false);
  });

  it('two that ask at the same moment: one gets it, the other waits', async () => {
    const { trader } = scene();
    const [one, two] = [trader('one'), trader('two')];
    const both = await Promise.all([settled(one.acquire()), settled(two.acquire())]);
    expect(both.filter(Boolean)).toHaveLength(1);
  });

  it('given back is renewed no more, and one that was lost neither', async () => {
    const { ledger, trader } = scene();
    const tokens: string[] = [];
    ledger.beforeCommit = (token) => void tokens.push(token);
    const one = trader('one');
    const first = await one.acquire();
    await one.time.pass(TTL);
    expect(tokens.length).toBe(4);
    await first.release();
    const released = tokens.length;
    await one.time.pass(5 * TTL);
    expect(tokens.length).toBe(released);
    const two = trader('two');
    const second = await two.acquire();
    two.time.freeze(TTL);
    await two.time.pass(TTL);
    const lost = tokens.length;
    await two.time.pass(5 * TTL);
    expect(tokens.length).toBe(lost);
    await second.release();
    expect(tokens.length).toBe(lost);
  });

  it('is looked at ten times in its time to live by who waits for it, who says for whom', async () => {
    const { trader, log } = scene();
    await trader('one').acquire();
    const two = trader('two');
    const sleeps: number[] = [];
    const timers = {
      ...two.time.timers,
      sleep: (ms: number, signal?: AbortSignal) => {
        sleeps.push(ms);
        return two.time.timers.sleep(ms, signal);
      },
    };
    const waiting = trader('two', { ...two.time, timers }).acquire();
    await two.time.pass(TTL + RECV_WINDOW);
    expect((await settled(waiting))?.epoch).toBe(2);
    expect(sleeps).toEqual(Array(15).fill(100));
    expect(log.lines).toEqual([
      {
        level: 'info',
        message: 'waiting for the lease of the former trader to run out',
        fields: { slot, owner: 'one', epoch: 1, waitMs: TTL + RECV_WINDOW },
      },
    ]);
  });

  it('writes what others read: owner and epoch, and how often it was renewed', async () => {
    const { ledger, trader } = scene();
    const one = trader('one');
    const lease = await one.acquire();
    expect((await ledger.get(keys.lease(slot)))?.value).toEqual({ owner: 'one', epoch: 1 });
    expect((await ledger.get(keys.leaseRenewal(slot)))?.value).toEqual({ epoch: 1, count: 0 });
    await one.time.pass(TTL);
    expect((await ledger.get(keys.leaseRenewal(slot)))?.value).toEqual({ epoch: 1, count: 3 });
    expect(lease.guard()).toEqual({ kind: 'check', key: keys.lease(slot), expected: 1 });
    await lease.release();
    expect((await ledger.get(keys.lease(slot)))?.value).toEqual({ owner: null, epoch: 1 });
  });

  it('stops waiting when told to', async () => {
    const { trader } = scene();
    await trader('one').acquire();
    const stop = new AbortController();
    const waiting = trader('two').acquire(stop.signal);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
  });

  it('given back while a rival waits is taken without waiting further', async () => {
    const { trader } = scene();
    const lease = await trader('one').acquire();
    const two = trader('two');
    const waiting = two.acquire();
    await two.time.pass(200);
    await lease.release();
    await two.time.pass(200);
    expect((await settled(waiting))?.epoch).toBe(2);
  });
});
