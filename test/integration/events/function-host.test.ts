import { describe, expect, test } from 'vitest';
import { systemClocks } from '../../../src/adapters/local/system-clocks.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { type EpochMillis, epochMillis, type Timers } from '../../../src/core/ports/clock.ts';
import { candidateRegistered } from '../../support/sample-event.ts';
import { openHost, wiring } from './support/host-harness.ts';

const minute = (count: number): EpochMillis => epochMillis(1_640_995_200_000 + count * 60_000);
const time = (at: EpochMillis): string => new Date(at).toISOString().slice(11, 16);
const onCandidate = { triggers: [{ kind: 'events', names: ['CandidateRegistered'] }] } as const;
const every = (rate: `rate(${number} minutes)`, clock: 'market' | 'wall') =>
  ({ triggers: [{ kind: 'schedule', rate, clock }] }) as const;

const until = async (condition: () => boolean): Promise<void> => {
  for (let waited = 0; !condition(); waited += 5) {
    if (waited > 3_000) throw new Error('what was waited for did not happen within 3 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

describe('pumping', () => {
  test('brings an event from its commit to its functions, and what they commit to the next ones, until nothing is left', async () => {
    const { host, on, emit, outbox } = openHost([
      wiring('check-promotion', onCandidate),
      wiring('track-performance', { triggers: [{ kind: 'events', names: ['ConfigChanged'] }] }),
    ]);
    const ran: string[] = [];
    on('check-promotion', async ({ id, correlationId }, { ledger }) => {
      ran.push(`check ${id}`);
      const metadata = {
        id: `${id}:next`,
        version: 1,
        occurredAt: 1,
        correlationId,
        causationId: id,
        slot: null,
        sequence: 1,
      } as const;
      const events = [
        { source: 'ares.config', detailType: 'ConfigChanged', detail: { metadata, data: { version: 1, changed: [] } } },
      ];
      await ledger.commit({ token: id, writes: [], audit: [], events });
      return {};
    });
    on('track-performance', async ({ id }) => ({ ran: ran.push(`track ${id}`) }));
    await emit(candidateRegistered('a'), candidateRegistered('b'));
    expect(await host.pump()).toBe(4);
    expect(ran).toEqual(['check a', 'check b', 'track a:next', 'track b:next']);
    expect(await outbox.pending(10)).toEqual([]);
    expect(await host.pump()).toBe(0);
  });

  test('takes well under a millisecond when there is nothing to do', async () => {
    const { host } = openHost([
      wiring('check-promotion', onCandidate),
      wiring('track-performance', every('rate(60 minutes)', 'market')),
    ]);
    await host.advanceMarket(minute(1));
    const took: number[] = [];
    for (let bar = 0; bar < 500; bar++) {
      const began = performance.now();
      await host.advanceMarket(epochMillis(minute(1) + bar));
      took.push(performance.now() - began);
    }
    expect(took.toSorted((one, other) => one - other)[250]).toBeLessThan(0.5);
  });

  test('goes on with other events while one fails, and tells a dead one with what it means for the money', async () => {
    const { host, on, emit, wallClock, log, eventBus, outbox } = openHost([
      wiring('check-promotion', { ...onCandidate, maxAttempts: 2, errorImpact: 'better models wait' }),
    ]);
    const done: string[] = [];
    on('check-promotion', async ({ id }) => {
      if (id === 'poison') throw new Error('cannot');
      done.push(id);
      return {};
    });
    await emit(candidateRegistered('poison'), candidateRegistered('good'));
    await host.pump();
    expect(done).toEqual(['good']);
    wallClock.pass(60_000);
    await host.pump();
    expect(await eventBus.dead()).toMatchObject([{ event: { id: 'poison' }, attempts: 2, lastError: 'cannot' }]);
    expect(log.lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        fields: expect.objectContaining({ errorImpact: 'better models wait' }),
      }),
    );
    expect(await outbox.pending(10)).toEqual([]);
  });

  test('brings a dead event to its function again once it is replayed', async () => {
    const { host, on, emit, eventBus } = openHost([wiring('check-promotion', { ...onCandidate, maxAttempts: 1 })]);
    let broken = true;
    on('check-promotion', async () => {
      if (broken) throw new Error('broken');
      return {};
    });
    await emit(candidateRegistered('a'));
    await host.pump();
    broken = false;
    expect(await eventBus.replay('all')).toEqual({ replayed: 1, dismissed: 0 });
    expect(await host.pump()).toBe(1);
    expect(await eventBus.dead()).toEqual([]);
  });

  test('counts a function that outlives its timeout as failed and goes on without it', async () => {
    const { host, onBare, emit, eventBus, log } = openHost([
      wiring('check-promotion', { ...onCandidate, maxAttempts: 1, timeoutSeconds: 0.05 }),
    ]);
    let finish = (): void => undefined;
    onBare(
      'check-promotion',
      () =>
        new Promise((resolve) => {
          finish = () => resolve({});
        }),
    );
    await emit(candidateRegistered('slow'));
    await host.pump();
    expect(await eventBus.dead()).toMatchObject([
      { lastError: 'check-promotion must end within 0.05 s, was still running' },
    ]);
    finish();
    await until(() => log.lines.some(({ message }) => message === 'a function ended after its timeout'));
  });

  test('gives a function a context like that of Lambda', async () => {
    const { host, onBare, emit } = openHost([wiring('check-promotion', onCandidate)]);
    const contexts: unknown[] = [];
    onBare('check-promotion', async (_, context) => ({
      seen: contexts.push({ ...context, remaining: context.getRemainingTimeInMillis() }),
    }));
    await emit(candidateRegistered('a'));
    await host.pump();
    expect(contexts).toMatchObject([
      {
        functionName: 'check-promotion',
        memoryLimitInMB: '128',
        awsRequestId: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ]);
    expect((contexts[0] as { remaining: number }).remaining).toBeGreaterThan(4_900);
  });
});

describe('schedules on market time', () => {
  const quarterly = [
    wiring('analyze-market', every('rate(15 minutes)', 'market')),
    wiring('track-performance', every('rate(60 minutes)', 'market')),
  ];

  test('run at whole multiples of their rate, each once, in the order of the wiring table', async () => {
    const { host, on } = openHost(quarterly);
    const ran: string[] = [];
    for (const name of ['analyze-market', 'track-performance'] as const)
      on(name, async ({ now }) => ({ ran: ran.push(`${time(now)} ${name}`) }));
    for (let bar = 1; bar <= 75; bar++) await host.advanceMarket(minute(bar));
    expect(ran).toEqual([
      '00:15 analyze-market',
      '00:30 analyze-market',
      '00:45 analyze-market',
      '01:00 analyze-market',
      '01:00 track-performance',
      '01:15 analyze-market',
    ]);
  });

  test('make up for the newest run only when several were missed', async () => {
    const { host, on } = openHost(quarterly);
    const ran: string[] = [];
    for (const name of ['analyze-market', 'track-performance'] as const)
      on(name, async ({ now }) => ({ ran: ran.push(`${time(now)} ${name}`) }));
    await host.advanceMarket(minute(1));
    expect(await host.advanceMarket(minute(130))).toBe(2);
    expect(ran).toEqual(['02:00 analyze-market', '02:00 track-performance']);
    expect(await host.advanceMarket(minute(134))).toBe(0);
  });

  test('neither repeat nor lose a run over a restart, wherever the process ended', async () => {
    const { host, on, restart, eventBus } = openHost(quarterly.slice(0, 1));
    const ran: string[] = [];
    on('analyze-market', async ({ now }) => ({ ran: ran.push(time(now)) }));
    await host.advanceMarket(minute(14));
    const second = restart().host;
    await second.advanceMarket(minute(16));
    await restart().host.advanceMarket(minute(17));
    expect(ran).toEqual(['00:15']);
    const endsBeforeTheRun = () => {
      throw new Error('the process ended');
    };
    const dying = restart({ eventBus: { ...eventBus, takeDue: endsBeforeTheRun } }).host;
    await expect(dying.advanceMarket(minute(31))).rejects.toThrow('the process ended');
    await restart().host.advanceMarket(minute(32));
    expect(ran).toEqual(['00:15', '00:30']);
  });

  test('do not run again when market time goes back', async () => {
    const { host, on, restart } = openHost(quarterly.slice(0, 1));
    let ran = 0;
    on('analyze-market', async () => ({ ran: ++ran }));
    await host.advanceMarket(minute(15));
    await host.advanceMarket(minute(0));
    await host.advanceMarket(minute(45));
    await restart().host.advanceMarket(minute(30));
    await restart().host.advanceMarket(minute(15));
    expect(ran).toBe(2);
  });
});

describe('schedules on wall time', () => {
  test('run at the start and then at every multiple, and ten seconds after an error', async () => {
    const { host, on, wallClock } = openHost([
      wiring('monitor-system', { ...every('rate(1 minutes)', 'wall'), maxAttempts: 2 }),
    ]);
    let fail = false;
    const ran: string[] = [];
    on('monitor-system', async ({ now }) => {
      ran.push(new Date(now).toISOString().slice(14, 19));
      if (fail) throw new Error('no exchange');
      return {};
    });
    await host.pump();
    expect(ran).toEqual(['13:00']);
    wallClock.pass(39_000);
    await host.pump();
    fail = true;
    wallClock.pass(1_000);
    await host.pump();
    expect(ran).toEqual(['13:00', '14:00']);
    fail = false;
    wallClock.pass(9_999);
    await host.pump();
    expect(ran).toHaveLength(2);
    wallClock.pass(1);
    await host.pump();
    expect(ran).toEqual(['13:00', '14:00', '14:00']);
  });
});

describe('running by itself', () => {
  test('a slow function holds up no other, and handles one event at a time', async () => {
    const { host, on, emit, onBare } = openHost([
      wiring('check-promotion', onCandidate),
      wiring('track-performance', onCandidate),
    ]);
    let busy = 0;
    let most = 0;
    const slow: (() => void)[] = [];
    onBare('check-promotion', async () => {
      most = Math.max(most, ++busy);
      await new Promise<void>((resolve) => slow.push(resolve));
      busy -= 1;
      return {};
    });
    const fast: string[] = [];
    on('track-performance', async ({ id }) => ({ ran: fast.push(id) }));
    await emit(candidateRegistered('a'), candidateRegistered('b'));
    host.start();
    host.start();
    await until(() => fast.length === 2 && slow.length === 1);
    expect(fast).toEqual(['a', 'b']);
    slow[0]?.();
    await until(() => slow.length === 2);
    slow[1]?.();
    await host.stop();
    expect([most, busy]).toEqual([1, 0]);
  });

  test('follows the market clock, and goes on after the clock failed', async () => {
    const { restart, on, log } = openHost([wiring('analyze-market', every('rate(15 minutes)', 'market'))]);
    const times = [minute(14), undefined, minute(15)];
    const now = async () => {
      const at = times.length > 1 ? times.shift() : times[0];
      if (at === undefined) throw new Error('the exchange does not answer');
      return at;
    };
    const sleep: Timers['sleep'] = (ms, signal) => systemClocks.timers.sleep(ms === 1_000 ? 1 : ms, signal);
    const ran: string[] = [];
    on('analyze-market', async (invocation) => ({ ran: ran.push(time(invocation.now)) }));
    const { host } = restart({ marketClock: { now }, timers: { ...systemClocks.timers, sleep } });
    host.start();
    expect(await host.advanceMarket(minute(14))).toBe(0);
    await until(() => ran.length === 1);
    await host.stop();
    expect(ran).toEqual(['00:15']);
    expect(log.lines.some(({ message }) => message.includes('the exchange does not answer'))).toBe(true);
  });

  test('stops once what runs has ended, and starts nothing more', async () => {
    const { host, on, emit, ledger } = openHost([wiring('check-promotion', onCandidate)]);
    let begun = 0;
    on('check-promotion', async () => {
      begun += 1;
      await new Promise((resolve) => setTimeout(resolve, 30));
      return {};
    });
    await emit(candidateRegistered('a'), candidateRegistered('b'));
    host.start();
    await until(() => begun === 1);
    await host.stop();
    expect(begun).toBe(1);
    expect(await ledger.get(keys.handled('check-promotion', 'a'))).toBeDefined();
    expect(await ledger.get(keys.handled('check-promotion', 'b'))).toBeUndefined();
  });
});
