import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';

const RUN = new URL('../../../bench/run.ts', import.meta.url).pathname;

async function bench(args: readonly string[], changes: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--conditions=local', RUN, ...args], {
    env: { ...process.env, ...changes },
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, out, errors };
}

describe('npm run bench', () => {
  it('names the benches there are when asked for one there is not', async () => {
    const { code, out, errors } = await bench(['decision-speed']);
    expect(code).toBe(2);
    expect(out).toBe('');
    const all = 'backtest, decision-latency, hot-swap, inference-overhead, ledger-cost, soak';
    expect(errors).toBe(`a bench must be one of those there are (${all}), was "decision-speed"\n`);
  });

  it('says in one line which folder it misses', async () => {
    const { code, errors } = await bench(['decision-latency'], { ARES_DATA: '' });
    expect(code).toBe(2);
    expect(errors).toBe(
      'ARES_DATA must name the folder that holds btcusdt-spot-stream-20240809.jsonl.gz, was not set\n',
    );
  });

  it('refuses an option it does not know, and a number that is none', async () => {
    expect((await bench(['decision-latency', '--fast'])).errors).toContain("Unknown option '--fast'");
    expect((await bench(['decision-latency', '--runs', 'x'])).errors).toBe('--runs must be a whole number\n');
    expect((await bench(['decision-latency', '--cpu', '0'])).errors).toBe('--cpu must be above 0\n');
  });
});

const { ARES_DATA, ARES_PEERS } = process.env;

describe.runIf(ARES_DATA && ARES_PEERS)('decision-latency', () => {
  it('trades recorded frames through the real parts, loses no order, and gives every stage of the way', async () => {
    const { code, out, errors } = await bench(['decision-latency', '--json', '--samples', '20', '--runs', '1']);
    expect(errors).not.toContain('Error');
    expect(code).toBe(0);
    const result = JSON.parse(out);
    const { websocket, rest } = result.orderPaths;
    expect(result).toMatchObject({ bench: 'decision-latency', runs: 1, samples: 20, p50Us: websocket.p50Us });
    const names = ['frame', 'parse', 'mailbox', 'features', 'inference', 'signalAndRisk', 'signAndSubmit'];
    expect(Object.keys(result.stages)).toEqual(names);
    for (const figures of [websocket, rest, result.recordedPace]) {
      expect(figures.failed).toEqual({});
      expect(figures.positionMatchesExchange).toBe(true);
      expect(figures.filled).toBeGreaterThanOrEqual(figures.samples);
      const largest = Object.values<{ maxUs: number }>(figures.stages).map(({ maxUs }) => maxUs);
      expect(figures.p50Us).toBeGreaterThan(0);
      expect(figures.maxUs).toBeLessThanOrEqual(largest.reduce((sum, max) => sum + max, 1));
      expect(figures.maxUs).toBeGreaterThanOrEqual(Math.max(...largest));
    }
    expect(result.ratio).toBeGreaterThan(0);
    expect(result.peersMissing).toEqual(['not asked for: --peers']);
    expect(result.machine.cores).toBeGreaterThan(0);
  });
});
