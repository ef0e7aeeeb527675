import { describe, expect, it } from 'vitest';
import { maxDrawdown } from '../../../src/core/performance/metrics/max-drawdown.ts';
import { sharpeRatio } from '../../../src/core/performance/metrics/sharpe-ratio.ts';
import type { Prediction } from '../../../src/core/performance/prediction.ts';
import { productionMetrics } from '../../../src/core/performance/production-metrics.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { SLOT } from '../../support/model-desk.ts';
import { bar, MINUTE } from './analyst-desk.ts';

const predicted = (n: number, p: number, change: number | null, horizon = 1): Prediction => ({
  slot: SLOT,
  runId: 'one',
  modelHash: 'h',
  openTime: bar(n),
  barClose: epochMillis(bar(n) + MINUTE),
  horizon,
  p,
  close: 100,
  predictedAt: bar(n),
  outcome:
    change === null
      ? { status: 'unmatched' }
      : {
          status: 'matched',
          close: 100 * (1 + change),
          return: change,
          up: change > 0,
          correct: p > 0.5 === change > 0,
        },
});

describe('the figures of predictions', () => {
  it('are all missing without an outcome', () => {
    const waiting = { ...predicted(0, 0.7, null), outcome: null };
    expect(productionMetrics([waiting, predicted(1, 0.7, null)], MINUTE)).toEqual({
      samples: 0,
      periods: 0,
      accuracy: null,
      log_loss: null,
      sharpe_ratio: null,
      sortino_ratio: null,
      max_drawdown: null,
      hit_rate: null,
      total_return: null,
      turnover: null,
    });
  });

  it('are those of a position that is long above one half and flat elsewhere', () => {
    const figures = productionMetrics(
      [predicted(0, 0.7, 0.01), predicted(1, 0.5, 0.05), predicted(2, 0.6, -0.02), predicted(3, 0.4, -0.03)],
      MINUTE,
    );
    const returns = [0.01, 0, -0.02, 0];
    expect(figures).toMatchObject({ samples: 4, periods: 4, accuracy: 0.5, hit_rate: 0.5, turnover: 1 });
    expect(figures.sharpe_ratio).toBe(sharpeRatio(returns, 525_600));
    expect(figures.max_drawdown).toBe(maxDrawdown(returns));
  });

  it('take returns of periods that do not overlap, and score every prediction', () => {
    const all = Array.from({ length: 10 }, (_, n) => predicted(n, 0.9, n % 5 === 0 ? 0.01 * (n + 1) : -0.5, 5));
    const figures = productionMetrics(all, MINUTE);
    expect(figures).toMatchObject({ samples: 10, periods: 2, accuracy: 0.2, hit_rate: 1, max_drawdown: 0 });
    expect(figures.total_return).toBeCloseTo(1.01 * 1.06 - 1, 12);
    expect(figures.sharpe_ratio).toBe(sharpeRatio([0.01, 0.06], 525_600 / 5));
  });

  it('begin periods at the same bars wherever the window begins', () => {
    const all = Array.from({ length: 40 }, (_, n) => predicted(n, 0.9, n / 1_000, 5));
    expect(productionMetrics(all.slice(3), MINUTE).total_return).toBeCloseTo(
      [5, 10, 15, 20, 25, 30, 35].reduce((growth, n) => growth * (1 + n / 1_000), 1) - 1,
      12,
    );
  });
});
