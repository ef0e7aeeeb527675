import { describe, expect, test } from 'vitest';
import { logBatch } from '../../../src/core/tracking/log-batch.ts';
import { pageMetricHistory, readHistories, sampleHistories } from '../../../src/core/tracking/metric-histories.ts';
import { temporarySqliteLedger, trackingDesk } from '../../support/tracking-desk.ts';

async function set(values: number, ledger = trackingDesk().underneath) {
  const { ports, newRun } = trackingDesk(ledger);
  const { runId } = await newRun();
  const metrics = Array.from({ length: values }, (_, at) => ({
    key: 'loss',
    value: -at,
    timestamp: 10_000 - at,
    step: at - 2,
  }));
  for (let at = 0; at < values; at += 500) {
    await logBatch(ports, runId, { metrics: metrics.slice(at, at + 500), params: [], tags: [] });
  }
  return { ledger: ports.ledger, runId, ports };
}

describe('the history of a metric', () => {
  test('is by time, all of it, over several pages of the ledger', async () => {
    const { ledger, runId } = await set(1_500, temporarySqliteLedger());
    const { points, nextPageToken } = await pageMetricHistory(ledger, runId, 'loss', {});
    expect(points.map(({ value }) => value)).toEqual(Array.from({ length: 1_500 }, (_, at) => at - 1_499));
    expect(nextPageToken).toBeUndefined();
    expect(points[0]).toEqual({ key: 'loss', value: -1_499, timestamp: 8_501, step: 1_497 });
  });

  test('comes in pages when so many are asked for', async () => {
    const { ledger, runId } = await set(5);
    const first = await pageMetricHistory(ledger, runId, 'loss', { maxResults: 3 });
    const second = await pageMetricHistory(ledger, runId, 'loss', { maxResults: 3, pageToken: first.nextPageToken });
    expect([...first.points, ...second.points].map(({ step }) => step)).toEqual([2, 1, 0, -1, -2]);
    expect(second.nextPageToken).toBeUndefined();
    await expect(pageMetricHistory(ledger, runId, 'loss', { maxResults: 0 })).rejects.toThrow(/positive integer/);
  });

  test('is empty for a metric, or a run, that is not there', async () => {
    const { ledger, runId } = await set(1);
    expect((await pageMetricHistory(ledger, runId, 'los', {})).points).toEqual([]);
    expect((await pageMetricHistory(ledger, 'nobody', 'loss', {})).points).toEqual([]);
  });
});

describe('the histories of several runs', () => {
  test('come by run and time, no more than are asked for', async () => {
    const a = await set(3);
    const b = await set(3, a.ledger);
    const [low, high] = [a.runId, b.runId].toSorted();
    const found = await readHistories(a.ledger, [a.runId, b.runId, a.runId], 'loss', 4);
    expect(found.map(({ runId, point }) => [runId, point.step])).toEqual([
      [low, 0],
      [low, -1],
      [low, -2],
      [high, 0],
    ]);
    expect(await readHistories(a.ledger, [a.runId], 'loss', -1)).toEqual([]);
    await expect(readHistories(a.ledger, Array(101).fill('a'), 'loss')).rejects.toThrow(
      /more than 100 run_ids. Received 101/,
    );
  });

  test('are sampled by step, inside of a range', async () => {
    const { ledger, runId } = await set(100);
    const steps = async (wish: Parameters<typeof sampleHistories>[3]) =>
      (await sampleHistories(ledger, [runId], 'loss', wish)).map(({ point }) => point.step);
    expect(await steps({ maxResults: 4 })).toEqual([-2, 23, 48, 97]);
    expect(await steps({ from: -1, to: 1 })).toEqual([-1, 0, 1]);
    expect(await steps({ from: 90, to: 97, maxResults: 2 })).toEqual([90, 97]);
  });

  test.each([
    [{ maxResults: 0 }, /between 1 and 2500/],
    [{ maxResults: 2_501 }, /between 1 and 2500/],
    [{ from: 1 }, /both must be specified/],
    [{ from: 2, to: 1 }, /end_step must be greater/],
  ])('refuse %j', async (wish, message) => {
    const { ledger } = trackingDesk().ports;
    await expect(sampleHistories(ledger, ['a'], 'loss', wish)).rejects.toThrow(message);
    await expect(sampleHistories(ledger, Array(101).fill('a'), 'loss', {})).rejects.toThrow(/at most 100 run_ids/);
  });
});
