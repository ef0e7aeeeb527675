import { describe, expect, test } from 'vitest';
import { osSystemProbe } from '../../../src/adapters/local/os-system-probe.ts';
import { pinoLog } from '../../../src/adapters/local/pino-log.ts';
import { systemClocks } from '../../../src/adapters/local/system-clocks.ts';
import { systemRandom } from '../../../src/adapters/local/system-random.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

describe('the system probe', () => {
  test('measures the processors, the memory, the disk and the event loop of this machine', async () => {
    const probe = osSystemProbe(temporaryDirectory());
    await probe.sample();
    await new Promise((resolve) => setTimeout(resolve, 30));
    const began = performance.now();
    while (performance.now() - began < 120) Math.sqrt(began);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const { cpuPercent, processCpuPercent, memory, disk, eventLoopDelay } = await probe.sample();
    expect(cpuPercent).toBeGreaterThan(0);
    expect(processCpuPercent).toBeGreaterThan(1);
    for (const percent of [cpuPercent, processCpuPercent, memory.usedPercent, disk.usedPercent]) {
      expect(percent).toBeGreaterThanOrEqual(0);
      expect(percent).toBeLessThanOrEqual(100);
    }
    expect(memory.rssBytes).toBeGreaterThan(memory.heapUsedBytes);
    expect(memory.limitBytes).toBeGreaterThan(memory.rssBytes);
    expect(memory.availableBytes).toBeLessThanOrEqual(memory.limitBytes);
    expect(disk.totalBytes).toBeGreaterThan(disk.freeBytes);
    expect(eventLoopDelay.max).toBeGreaterThan(60);
    expect(eventLoopDelay.p99).toBeLessThanOrEqual(eventLoopDelay.max);
  });

  test('counts a memory limit that only the host knows against this process alone', async () => {
    const memoryLimitBytes = 4 * process.memoryUsage().rss;
    const { memory } = await osSystemProbe(temporaryDirectory(), { memoryLimitBytes }).sample();
    expect(memory.limitBytes).toBe(memoryLimitBytes);
    expect(memory.availableBytes).toBe(memoryLimitBytes - memory.rssBytes);
    expect(memory.usedPercent).toBeGreaterThan(15);
    expect(memory.usedPercent).toBeLessThan(50);
  });

  test('does not take a process that stood still between two samples for a slow one', async () => {
    const probes = {
      frozen: osSystemProbe(temporaryDirectory(), { frozenBetweenSamples: true }),
      other: osSystemProbe(temporaryDirectory()),
    };
    await Promise.all([probes.frozen.sample(), probes.other.sample()]);
    // The histogram measures from one tick to the next, so it needs one after its reset.
    await new Promise((resolve) => setTimeout(resolve, 50));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const [frozen, other] = await Promise.all([probes.frozen.sample(), probes.other.sample()]);
    expect(other.eventLoopDelay.max).toBeGreaterThan(300);
    expect(frozen.eventLoopDelay.max).toBeLessThan(200);
  });

  test('rejects when the data directory is gone', async () => {
    await expect(osSystemProbe('/no/such/directory').sample()).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('the log', () => {
  function lines(level: Parameters<typeof pinoLog>[0]) {
    const written: Record<string, unknown>[] = [];
    const log = pinoLog(level, { write: (line: string) => written.push(JSON.parse(line)) });
    return { log, written };
  }

  test('writes one JSON line an event with level, time, process and fields', () => {
    const { log, written } = lines('info');
    log.info('order placed', { symbol: 'BTC/USDT' });
    expect(written).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        pid: process.pid,
        symbol: 'BTC/USDT',
        msg: 'order placed',
      },
    ]);
  });

  test('leaves out what is below its level, and everything when silent', () => {
    const { log, written } = lines('warn');
    for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level](level);
    expect(written.map(({ msg }) => msg)).toEqual(['warn', 'error']);
    const silent = lines('silent');
    silent.log.error('nothing');
    expect(silent.written).toEqual([]);
  });

  test('lets no secret out, neither by name nor inside a text', () => {
    const { log, written } = lines('debug');
    log.error('POST /order?signature=TOPSECRET failed', {
      request: { headers: { 'X-MBX-APIKEY': 'TOPSECRET' } },
      error: new Error('secret=TOPSECRET'),
    });
    expect(JSON.stringify(written)).not.toContain('TOPSECRET');
    expect(written).toHaveLength(1);
  });
});

describe('the clocks and timers', () => {
  test('wall time is the time of day in whole milliseconds, monotonic time never goes back', () => {
    expect(Math.abs(systemClocks.wall.now() - Date.now())).toBeLessThan(50);
    expect(systemClocks.wall.now() % 1).toBe(0);
    const first = systemClocks.monotonic.now();
    expect(systemClocks.monotonic.now()).toBeGreaterThanOrEqual(first);
  });

  test('sleep rejects with the reason of the signal, also when it was aborted before', async () => {
    const stop = new AbortController();
    const sleeping = systemClocks.timers.sleep(60_000, stop.signal);
    stop.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(systemClocks.timers.sleep(1, stop.signal)).rejects.toThrow('enough');
    await systemClocks.timers.sleep(1);
  });

  test('every calls until it is stopped', async () => {
    let calls = 0;
    await new Promise<void>((resolve) => {
      const stop = systemClocks.timers.every(1, () => {
        calls += 1;
        if (calls === 2) stop();
        if (calls === 2) resolve();
      });
    });
    await systemClocks.timers.sleep(10);
    expect(calls).toBe(2);
  });
});

describe('randomness', () => {
  const draw = (seed?: number) => Array.from({ length: 2_000 }, systemRandom(seed).next);

  test('repeats with a seed, differs without one, and fills [0, 1) evenly', () => {
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw()).not.toEqual(draw());
    for (const values of [draw(7), draw()]) {
      expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
      expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0.5, 1);
    }
  });

  test('gives identifiers that never repeat, seed or not', () => {
    const ids = Array.from({ length: 100 }, () => systemRandom(7).id());
    expect(new Set(ids).size).toBe(100);
    expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
  });
});
