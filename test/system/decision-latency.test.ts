import { describe, expect, it } from 'vitest';
import { runBench } from '../support/run-bench.ts';

const { ARES_DATA, ARES_PEERS } = process.env;

describe.runIf(ARES_DATA && ARES_PEERS)('decision-latency', () => {
  it('trades recorded frames through the real parts, loses no order, and gives every stage of the way', async () => {
    const { code, out, errors } = await runBench(['decision-latency', '--json', '--samples', '20', '--runs', '1']);
    expect(errors).not.toContain('Error');
    expect(code).toBe(0);
    const result = JSON.parse(out);
    const { tenfold, ownPace, manySymbols, orderPaths } = result;
    expect(result).toMatchObject({ bench: 'decision-latency', runs: 1, samples: 20, p50Us: tenfold.p50Us });
    const names = ['frame', 'parse', 'mailbox', 'features', 'inference', 'signalAndRisk', 'signAndSubmit'];
    expect(Object.keys(result.stages)).toEqual(names);
    const { websocket, rest } = orderPaths;
    for (const figures of [tenfold, websocket, rest, ownPace, manySymbols.tenfold, manySymbols.ownPace]) {
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
