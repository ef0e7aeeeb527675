import { describe, expect, onTestFinished, test } from 'vitest';
import { serveHealth } from '../../../apps/trader/serve-health.ts';
import { spawnProgram } from '../../support/spawned-process.ts';

async function openHealth(port = 0) {
  let now = 1_000;
  const health = await serveHealth({ port, staleMs: 30_000 }, { monotonic: { now: () => now } });
  onTestFinished(() => health.close());
  const check = async () => {
    const checked = spawnProgram('apps/trader/check-health.ts', { args: [String(health.port)] });
    return { code: await checked.ended, says: checked.stderr() };
  };
  const pass = (ms: number): void => {
    now += ms;
  };
  return { health, check, pass };
}

describe("the trader's health", () => {
  test('is bad before the first heartbeat, good while it is young, and bad again when none follows', async () => {
    const { health, check, pass } = await openHealth();
    expect(await check()).toEqual({
      code: 1,
      says: 'the trader is not healthy: {"healthy":false,"heartbeatAgeMs":null}\n',
    });
    health.beaten();
    pass(29_999);
    expect(await check()).toEqual({ code: 0, says: '' });
    pass(1);
    expect(await check()).toEqual({
      code: 1,
      says: 'the trader is not healthy: {"healthy":false,"heartbeatAgeMs":30000}\n',
    });
    health.beaten();
    expect((await check()).code).toBe(0);
  });

  test('is bad when nobody answers, and when the check is not told where to ask', async () => {
    const { health, check } = await openHealth();
    health.close();
    expect(await check()).toEqual({ code: 1, says: expect.stringContaining('ECONNREFUSED') });
    const without = spawnProgram('apps/trader/check-health.ts');
    expect(await without.ended).toBe(1);
    expect(without.stderr()).toContain('the port must be a whole number from 1 to 65535, was ""');
  });

  test('is bad within seconds when the trader hangs', async () => {
    const hanging = spawnProgram('test/integration/trader/support/hang.ts');
    const [, port = ''] = await hanging.says(/healthy on (\d+)/);
    const checked = spawnProgram('apps/trader/check-health.ts', { args: [port] });
    expect(await checked.ended).toBe(1);
    expect(checked.stderr()).toContain('the trader is not healthy: ');
  });

  test('is not served where the port is taken: the trader does not start', async () => {
    const { health } = await openHealth();
    await expect(openHealth(health.port)).rejects.toThrow('EADDRINUSE');
  });
});

describe('a trader that is told to stop', () => {
  test('and cannot leave in order ends by itself, and says so', async () => {
    const stuck = spawnProgram('test/integration/trader/support/get-stuck.ts');
    await stuck.says(/running/);
    stuck.kill('SIGTERM');
    expect(await stuck.ended).toBe(1);
    expect(stuck.stdout()).toContain('must have stopped within 200 ms, had not');
  });
});
