import { beforeAll, describe, expect, test } from 'vitest';
import { createEmfMetrics } from '../../src/adapters/aws/emf-metrics.ts';
import { functions } from '../../src/compose/wiring.ts';
import { ofType, type Tree, treeOf } from './rules/tree.ts';
import { liveStage, paperStage } from './support/stages.ts';
import { synthesise } from './support/synthesise.ts';

let paper: Tree;
let live: Tree;
beforeAll(() => {
  paper = treeOf(synthesise(paperStage));
  live = treeOf(synthesise(liveStage));
});

// biome-ignore lint/suspicious/noExplicitAny: a template is whatever CloudFormation takes.
type Properties = any;
const alarmsOf = (tree: Tree): readonly Properties[] =>
  ofType(tree, 'AWS::CloudWatch::Alarm').map(({ properties }) => properties);
const alarm = (tree: Tree, name: string): Properties => {
  const found = alarmsOf(tree).filter(({ AlarmName }) => AlarmName === name);
  expect(found, name).toHaveLength(1);
  return found[0];
};

/** Text with what is referred to between the parts. */
const flat = (value: Properties): string =>
  typeof value === 'string'
    ? value
    : value['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : 'reference')).join('');
const dashboardOf = (tree: Tree): Properties =>
  JSON.parse(flat(ofType(tree, 'AWS::CloudWatch::Dashboard')[0]?.properties.DashboardBody));

describe('alarms of the system', () => {
  test('watch the trader of each slot: silence, and silence about silence, are alarms', () => {
    for (const symbol of ['btc', 'eth']) {
      const silent = alarm(live, `ares-live-trader-silent-main-trend-${symbol}-usdt-1m`);
      expect(silent).toMatchObject({
        Namespace: 'Ares',
        MetricName: 'trader',
        Statistic: 'Maximum',
        Threshold: 60_000,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'breaching',
      });
      const errors = alarm(live, `ares-live-trader-errors-main-trend-${symbol}-usdt-1m`);
      expect(errors).toMatchObject({
        Namespace: 'Ares',
        MetricName: 'error-rate',
        Statistic: 'Maximum',
        Threshold: 0.05,
        TreatMissingData: 'notBreaching',
      });
      const dimensions = [
        { Name: 'Stage', Value: 'live' },
        { Name: 'slot', Value: `main:trend:${symbol.toUpperCase()}/USDT:1m` },
      ];
      for (const { Dimensions } of [silent, errors]) {
        expect(Dimensions).toHaveLength(2);
        expect(Dimensions).toEqual(expect.arrayContaining(dimensions));
      }
    }
    expect(alarm(paper, 'ares-paper-task-stopped-main-trend-btc-usdt-1m')).toMatchObject({
      Namespace: 'AWS/ECS',
      MetricName: 'CPUUtilization',
      Statistic: 'SampleCount',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  test('watch names that the traders really have', () => {
    const named = (tree: Tree, type: string, name: string) =>
      ofType(tree, type).map(({ properties }) => properties[name]);
    const watched = alarmsOf(live).filter(({ Namespace }) => Namespace === 'AWS/ECS');
    const value = (properties: Properties, name: string) =>
      properties.Dimensions.find((dimension: Properties) => dimension.Name === name)?.Value;
    expect(new Set(watched.map((properties) => value(properties, 'ServiceName')))).toEqual(
      new Set(named(live, 'AWS::ECS::Service', 'ServiceName')),
    );
    expect(new Set(watched.map((properties) => value(properties, 'ClusterName')))).toEqual(
      new Set(named(live, 'AWS::ECS::Cluster', 'ClusterName')),
    );
  });

  test('warn of each slot at three quarters of its limits, before the trader is held down', () => {
    for (const symbol of ['btc', 'eth']) {
      const slot = `main:trend:${symbol.toUpperCase()}/USDT:1m`;
      for (const [what, threshold] of [
        ['drawdown', -0.15],
        ['day-loss', -0.03],
      ] as const) {
        const found = alarm(live, `ares-live-${what}-main-trend-${symbol}-usdt-1m`);
        expect(found).toMatchObject({
          MetricName: what,
          Statistic: 'Minimum',
          ComparisonOperator: 'LessThanOrEqualToThreshold',
        });
        expect(found.Threshold).toBeCloseTo(threshold, 10);
        expect(found.Dimensions).toEqual(
          expect.arrayContaining([
            { Name: 'Stage', Value: 'live' },
            { Name: 'slot', Value: slot },
          ]),
        );
      }
    }
  });

  test("take the live configuration's own limits where the stage writes none", () => {
    const { limits: _, ...unlimited } = paperStage;
    const tree = treeOf(synthesise(unlimited));
    expect(alarm(tree, 'ares-paper-drawdown-main-trend-btc-usdt-1m').Threshold).toBeCloseTo(-0.15, 10);
    expect(alarm(tree, 'ares-paper-day-loss-main-trend-btc-usdt-1m').Threshold).toBeCloseTo(-0.0375, 10);
  });

  test('look at metrics with the very dimensions that Ares writes', async () => {
    const lines: string[] = [];
    const metrics = createEmfMetrics({ stage: 'live', write: (line) => lines.push(line) });
    const at = 1_700_000_000_000 as Parameters<typeof metrics.record>[0][number]['at'];
    const slot = 'main:trend:BTC/USDT:1m';
    await metrics.record([
      ...['exchange', 'outbox-stuck'].map((name) => ({
        name,
        value: 1,
        unit: 'None' as const,
        at,
        dimensions: {},
      })),
      ...['trader', 'error-rate', 'drawdown', 'day-loss'].map((name) => ({
        name,
        value: 0.1,
        unit: 'None' as const,
        at,
        dimensions: { slot },
      })),
    ]);
    const written = new Set(
      lines.flatMap((line) => {
        const record = JSON.parse(line);
        const [directive] = record._aws.CloudWatchMetrics;
        const dimensions = directive.Dimensions[0].toSorted().map((name: string) => `${name}=${record[name]}`);
        return directive.Metrics.map(({ Name }: Properties) => `${directive.Namespace} ${Name} ${dimensions.join()}`);
      }),
    );
    const own = alarmsOf(live).filter(({ Namespace }) => Namespace === 'Ares');
    const watched = own
      .map(({ Namespace, MetricName, Dimensions }) => {
        const pairs = Dimensions.map(({ Name, Value }: Properties) => `${Name}=${Value}`).toSorted();
        return `${Namespace} ${MetricName} ${pairs.join()}`;
      })
      .filter((metric) => !metric.includes('ETH'));
    expect(watched.toSorted()).toEqual([...written].toSorted());
  });

  test('watch each table for throttling and for faults, and the commits for slowness', () => {
    for (const table of ['state', 'registry', 'audit']) {
      const throttled = alarm(paper, `ares-paper-ledger-throttled-${table}`);
      const failing = alarm(paper, `ares-paper-ledger-failing-${table}`);
      const names = ({ Metrics }: Properties) =>
        Metrics.flatMap((metric: Properties) => metric.MetricStat?.Metric.MetricName ?? []);
      expect(names(throttled)).toEqual(['ReadThrottleEvents', 'WriteThrottleEvents']);
      expect(new Set(names(failing))).toEqual(new Set(['SystemErrors']));
      expect(failing.Metrics[0].Expression).toBe('FILL(m0, 0) + FILL(m1, 0) + FILL(m2, 0)');
      expect(JSON.stringify(throttled).toLowerCase()).toContain(`ledger${table}`);
    }
    const slow = alarm(paper, 'ares-paper-ledger-slow');
    expect(slow.Metrics[0].Expression).toBe('MAX([FILL(m0, 0), FILL(m1, 0), FILL(m2, 0)])');
    expect(JSON.stringify(slow)).toContain('TransactWriteItems');
    expect(slow.Threshold).toBe(100);
  });
});

describe('the dashboard', () => {
  test('shows every alarm of the stage', () => {
    for (const tree of [paper, live]) {
      const { widgets } = dashboardOf(tree);
      const shown = widgets[0].properties.alarms.map((arn: string) => arn.split(':alarm:')[1]);
      expect(shown.toSorted()).toEqual(
        alarmsOf(tree)
          .map(({ AlarmName }) => AlarmName)
          .toSorted(),
      );
    }
  });

  test('shows the money of each slot, every function, the traders, the exchange and the ledger', () => {
    const text = JSON.stringify(dashboardOf(live));
    for (const { name } of functions) {
      expect(text).toContain(`ares-live-${name}"`);
      expect(text).toContain(`ares-live-${name}-dead-letters`);
    }
    for (const part of ['drawdown', 'day-loss', 'exchange', 'trader', 'outbox-stuck', 'SuccessfulRequestLatency'])
      expect(text).toContain(`"${part}"`);
    for (const slot of ['main:trend:BTC/USDT:1m', 'main:trend:ETH/USDT:1m']) expect(text).toContain(slot);
  });

  test('has at most the fifty metrics that cost nothing, for one slot', () => {
    const { widgets } = dashboardOf(paper);
    const metrics = widgets.flatMap(({ properties }: Properties) => properties.metrics ?? []);
    expect(metrics.length).toBeGreaterThan(30);
    expect(metrics.length).toBeLessThanOrEqual(50);
  });
});
