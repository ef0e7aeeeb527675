import { keys } from '../ledger-keys.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { type MetricPoint, pointOf } from './metric-point.ts';
import { sortableInteger } from './sortable-integer.ts';

const PAGE = 1_000;

/** Not a number counts as zero there, as in MLflow's databases. */
const magnitude = ({ value }: MetricPoint): number => (Number.isNaN(value) ? 0 : value);

const byTime = (a: MetricPoint, b: MetricPoint): number =>
  a.timestamp - b.timestamp || a.step - b.step || magnitude(a) - magnitude(b);
const byStep = (a: MetricPoint, b: MetricPoint): number =>
  a.step - b.step || a.timestamp - b.timestamp || magnitude(a) - magnitude(b);

/**
 * All values of a run's metric.
 *
 * @param order by time as MLflow lists a history, or by step
 * @param steps inclusive; absent for all
 */
export async function readMetricHistory(
  ledger: LedgerReader,
  runId: string,
  metric: string,
  order: 'time' | 'step' = 'time',
  steps?: { readonly from: number; readonly to: number },
): Promise<readonly MetricPoint[]> {
  const { table, pk } = keys.metricPoint(runId, metric, '');
  const range = steps && { from: sortableInteger(steps.from), to: `${sortableInteger(steps.to)}~` };
  const points: MetricPoint[] = [];
  let after: string | undefined;
  do {
    const page = await ledger.query({ table, pk, limit: PAGE, ...range, ...(after !== undefined && { after }) });
    for (const item of page.items) points.push(pointOf(metric, item));
    after = page.next;
  } while (after !== undefined);
  return points.sort(order === 'time' ? byTime : byStep);
}
