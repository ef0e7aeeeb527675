import { describe, expect, it } from 'vitest';
import { runBench } from '../../support/run-bench.ts';

describe('npm run bench', () => {
  it('names the benches there are when asked for one there is not', async () => {
    const { code, out, errors } = await runBench(['decision-speed']);
    expect(code).toBe(2);
    expect(out).toBe('');
    const all = 'backtest, decision-latency, hot-swap, inference-overhead, ledger-cost, registry, soak';
    expect(errors).toBe(`a bench must be one of those there are (${all}), was "decision-speed"\n`);
  });

  it('says in one line which folder it misses', async () => {
    const { code, errors } = await runBench(['decision-latency'], { ARES_DATA: '' });
    expect(code).toBe(2);
    expect(errors).toBe(
      'ARES_DATA must name the folder that holds btcusdt-spot-stream-20240809.jsonl.gz, was not set\n',
    );
  });

  it('refuses an option it does not know, and a number that is none', async () => {
    expect((await runBench(['decision-latency', '--fast'])).errors).toContain("Unknown option '--fast'");
    expect((await runBench(['decision-latency', '--runs', 'x'])).errors).toBe('--runs must be a whole number\n');
    expect((await runBench(['decision-latency', '--cpu', '0'])).errors).toBe('--cpu must be above 0\n');
  });
});
