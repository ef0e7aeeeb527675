import { AresError } from '../../core/ares-error.ts';
import { canonicalJson } from '../../core/audit/canonical-json.ts';
import { requireMetrics } from '../../core/monitoring/require-metrics.ts';
import type { Metric, Metrics } from '../../core/ports/metrics.ts';

const NAMESPACE = 'Ares';
/** CloudWatch takes so many metrics from one line. */
const METRICS_A_LINE = 100;

interface EmfMetricsOptions {
  /** The dimension `Stage` of every metric. */
  readonly stage: string;
  /** Takes one line with its end; without one, standard output, from where CloudWatch Logs reads. */
  readonly write?: (line: string) => void;
}

/**
 * Metrics as lines of CloudWatch's embedded metric format, in the namespace `Ares`: the log is the transport, so recording neither waits nor fails.
 *
 * A metric's dimensions are its own and `Stage`. CloudWatch drops what is over two weeks old or over two hours ahead.
 */
export function createEmfMetrics({
  stage,
  // Not the console: Lambda wraps what goes through it, and CloudWatch would see no metric.
  write = (line) => void process.stdout.write(line),
}: EmfMetricsOptions): Metrics {
  return {
    async record(metrics) {
      requireMetrics(metrics);
      const lines = alike(metrics).map((group) => lineOf(group, stage));
      for (const line of lines) write(`${line}\n`);
    },
  };
}

/** One line holds one time, one set of dimensions, and each name once. */
function alike(metrics: readonly Metric[]): readonly (readonly Metric[])[] {
  const groups = new Map<string, Metric[][]>();
  for (const metric of metrics) {
    const identity = canonicalJson({ at: metric.at, dimensions: metric.dimensions });
    const open = groups.get(identity) ?? [];
    groups.set(identity, open);
    const free = open.find((group) => group.length < METRICS_A_LINE && !group.some(({ name }) => name === metric.name));
    if (free) free.push(metric);
    else open.push([metric]);
  }
  return [...groups.values()].flat();
}

function lineOf(group: readonly Metric[], stage: string): string {
  const [{ at, dimensions: own } = group[0] as Metric] = group;
  const dimensions: Readonly<Record<string, string>> = { ...own, Stage: stage };
  for (const { name } of group) {
    if (Object.hasOwn(dimensions, name) || name === '_aws')
      throw new AresError('METRIC_INVALID', `metric ${name} must not be named like one of its dimensions`, { name });
  }
  const directive = {
    Namespace: NAMESPACE,
    Dimensions: [Object.keys(dimensions)],
    Metrics: group.map(({ name, unit }) => ({ Name: name, Unit: unit })),
  };
  return JSON.stringify({
    _aws: { Timestamp: at, CloudWatchMetrics: [directive] },
    ...dimensions,
    ...Object.fromEntries(group.map(({ name, value }) => [name, value])),
  });
}
