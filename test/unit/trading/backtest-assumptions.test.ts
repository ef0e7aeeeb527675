import { expect, test } from 'vitest';
import { simulatedMarketRules } from '../../../src/core/simulation/market-rules.ts';
import { backtestAssumptions } from '../../../src/core/trading/backtest-assumptions.ts';

const rules = simulatedMarketRules('BTC/USDT');
const about = (sentences: readonly string[], topic: string) => sentences.filter((each) => each.startsWith(topic));

test('without latency an order meets the book at the close, and what happens within a bar is heard there', () => {
  const { sentences, latencyMs, takerFee } = backtestAssumptions(rules, { queue: 'none' } as never);
  expect(latencyMs).toBe(0);
  expect(takerFee).toBe(rules.takerFee.toFixed());
  expect(about(sentences, 'Latency: none')).toHaveLength(1);
  expect(about(sentences, 'Hearing')).toHaveLength(1);
  expect(about(sentences, 'Queue')[0]).toMatch(/goes to others/);
});

test('with latency and a queue the report says so', () => {
  const { sentences, queue } = backtestAssumptions(rules, { latencyMs: 250, queue: 'volume' } as never);
  expect(queue).toBe('volume');
  expect(about(sentences, 'Latency')[0]).toContain('250 ms of market time');
  expect(about(sentences, 'Hearing')).toEqual([]);
  expect(about(sentences, 'Queue')[0]).toMatch(/what stood there before it has traded/);
});
