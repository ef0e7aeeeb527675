import { expect, test } from 'vitest';
import { createEmfMetrics } from '../../../src/adapters/aws/emf-metrics.ts';
import { metric, metricsContract, type Recorded } from './metrics-contract.ts';

interface EmfLine {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [name: string]: unknown;
}

/** Reads lines as CloudWatch does: the directive names the members that are metrics and dimensions. */
function asCloudWatchReads(line: EmfLine): readonly Recorded[] {
  return line._aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) => {
    // The limits of the format's specification.
    expect(Metrics.length).toBeLessThanOrEqual(100);
    expect(Dimensions[0]?.length).toBeLessThanOrEqual(30);
    const names = Dimensions[0] ?? [];
    expect(names).toContain('Stage');
    const own = Object.fromEntries(
      names.filter((name) => name !== 'Stage').map((name) => [name, String(line[name])] as const),
    );
    return Metrics.map(({ Name, Unit }) => ({
      name: Name,
      value: Number(line[Name]),
      unit: Unit,
      at: line._aws.Timestamp,
      dimensions: own,
    }));
  });
}

function open() {
  const written: string[] = [];
  return {
    written,
    metrics: createEmfMetrics({ stage: 'paper', write: (line) => void written.push(line) }),
    recorded: () => written.flatMap((line) => asCloudWatchReads(JSON.parse(line) as EmfLine)),
  };
}

metricsContract('The embedded metric format', open);

test('what is alike shares one line, in the namespace Ares, with the stage among the dimensions', async () => {
  const { metrics, written } = open();
  await metrics.record([
    metric({ dimensions: { slot: 's' } }),
    metric({ name: 'Orders', unit: 'Count', dimensions: { slot: 's' } }),
  ]);
  expect(written).toHaveLength(1);
  expect(written[0]).toMatch(/^\{.*\}\n$/);
  expect(JSON.parse(written[0] ?? '')).toEqual({
    _aws: {
      Timestamp: 1_640_995_200_000,
      CloudWatchMetrics: [
        {
          Namespace: 'Ares',
          Dimensions: [['slot', 'Stage']],
          Metrics: [
            { Name: 'DecisionLatency', Unit: 'Milliseconds' },
            { Name: 'Orders', Unit: 'Count' },
          ],
        },
      ],
    },
    slot: 's',
    Stage: 'paper',
    DecisionLatency: 1.25,
    Orders: 1.25,
  });
});

test('refuses a metric named like a dimension of its line, which would take its place', async () => {
  const { metrics, written } = open();
  for (const name of ['Stage', 'slot', '_aws']) {
    const wrong = metrics.record([metric(), metric({ name, dimensions: { slot: 's' } })]);
    await expect(wrong).rejects.toMatchObject({ code: 'METRIC_INVALID' });
  }
  expect(written).toEqual([]);
});
