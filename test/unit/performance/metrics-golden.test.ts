import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { accuracy } from '../../../src/core/performance/metrics/accuracy.ts';
import { hitRate } from '../../../src/core/performance/metrics/hit-rate.ts';
import { logLoss } from '../../../src/core/performance/metrics/log-loss.ts';
import { maxDrawdown } from '../../../src/core/performance/metrics/max-drawdown.ts';
import { sharpeRatio } from '../../../src/core/performance/metrics/sharpe-ratio.ts';
import { sortinoRatio } from '../../../src/core/performance/metrics/sortino-ratio.ts';
import { totalReturn } from '../../../src/core/performance/metrics/total-return.ts';
import { turnover } from '../../../src/core/performance/metrics/turnover.ts';

const figures = z.object({ sharpe: z.number(), sortino: z.number(), maxDrawdown: z.number(), totalReturn: z.number() });
const golden = z
  .object({
    returns: z.array(
      z.object({
        name: z.string(),
        periodsPerYear: z.number(),
        returns: z.array(z.number()),
        quantstats: figures.extend({ hitRate: z.number() }),
        empyrical: figures,
      }),
    ),
    predictions: z.array(
      z.object({
        name: z.string(),
        probabilities: z.array(z.number()),
        outcomes: z.array(z.number()),
        accuracy: z.number(),
        logLoss: z.number(),
      }),
    ),
    weights: z.array(z.object({ name: z.string(), weights: z.array(z.number()), turnover: z.number() })),
  })
  .parse(JSON.parse(readFileSync(new URL('../../fixtures/performance/golden.json', import.meta.url), 'utf8')));

function close(actual: number | null, expected: number): void {
  expect(actual).not.toBeNull();
  expect(Math.abs((actual as number) - expected)).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(expected)));
}

describe.each(golden.returns)('on $name', ({ returns, periodsPerYear, quantstats, empyrical }) => {
  it.each([
    ['quantstats', quantstats],
    ['empyrical', empyrical],
  ])('gives the Sharpe ratio, Sortino ratio, drawdown and total return of %s', (_, reference) => {
    close(sharpeRatio(returns, periodsPerYear), reference.sharpe);
    close(sortinoRatio(returns, periodsPerYear), reference.sortino);
    close(maxDrawdown(returns), reference.maxDrawdown);
    close(totalReturn(returns), reference.totalReturn);
  });

  it('gives the win rate of quantstats', () => {
    close(hitRate(returns), quantstats.hitRate);
  });
});

it.each(golden.predictions)('gives the accuracy and log loss of scikit-learn on predictions: $name', (set) => {
  close(accuracy(set.probabilities, set.outcomes), set.accuracy);
  close(logLoss(set.probabilities, set.outcomes), set.logLoss);
});

it.each(golden.weights)('gives the turnover of $name as NumPy differences do', (set) => {
  close(turnover(set.weights), set.turnover);
});
