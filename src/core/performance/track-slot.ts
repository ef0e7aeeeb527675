import type { LiveConfig } from '../config/live-config.ts';
import type { Invocation } from '../events/invocation.ts';
import type { SlotId } from '../models/slot.ts';
import type { Ledger } from '../ports/ledger.ts';
import { readDeployment } from '../promotion/deployment.ts';
import { raisedAlerts } from './alert-item.ts';
import { changeAlert } from './change-alert.ts';
import { type AlertRule, judgeMetric, type Verdict } from './judge-metric.ts';
import { measurePerformance } from './measure-performance.ts';
import { type Performance, performanceRecord, readPerformance } from './performance-record.ts';

/** The metrics that are watched, with the best each can be. */
const WATCHED = [
  { metric: 'accuracy', best: 1 },
  { metric: 'sharpe_ratio', best: Number.POSITIVE_INFINITY },
  { metric: 'max_drawdown', best: 0 },
] as const;

export interface AlertChange {
  readonly runId: string;
  readonly metric: string;
  readonly change: Exclude<Verdict, 'unchanged'>;
}

export interface SlotPerformance {
  readonly slot: SlotId;
  /** `null` while no model is in production. */
  readonly performance: Performance | null;
  readonly alerts: readonly AlertChange[];
}

/** Measures a slot's production model, stores the figures, and raises and ends alerts. */
export async function trackSlot(
  slot: SlotId,
  invocation: Invocation,
  config: LiveConfig['performance'],
  ledger: Ledger,
): Promise<SlotPerformance> {
  const { championRunId } = await readDeployment(ledger, slot);
  const alerts = await endOfOthers(slot, championRunId, invocation, ledger);
  if (championRunId === null) return { slot, performance: null, alerts };
  const [latest] = await readPerformance(ledger, slot, championRunId, 1);
  const performance = await measurePerformance(ledger, slot, championRunId, invocation.now);
  await ledger.append([performanceRecord(performance)]);
  // An invocation that comes late belongs into the history, but must not raise an alert about what is past.
  if (latest && latest.at > invocation.now) return { slot, performance, alerts };
  const { samples } = performance;
  for (const [position, { metric, best }] of WATCHED.entries()) {
    const value = performance[metric];
    const rule: AlertRule = { best, ...config, threshold: config[metric] };
    const change = await changeAlert(
      invocation,
      {
        slot,
        runId: championRunId,
        metric,
        value,
        threshold: rule.threshold,
        samples,
        position,
        reason: value === null ? `${metric} cannot be computed` : `${metric} is ${value}`,
        judge: (raised) => judgeMetric(value, samples, rule, raised),
      },
      ledger,
    );
    if (change !== 'unchanged') alerts.push({ runId: championRunId, metric, change });
  }
  return { slot, performance, alerts };
}

/** An alert about a model that has left production says nothing any more, and would never end by itself. */
async function endOfOthers(
  slot: SlotId,
  championRunId: string | null,
  invocation: Invocation,
  ledger: Ledger,
): Promise<AlertChange[]> {
  const others = (await raisedAlerts(ledger, slot)).filter(({ runId }) => runId !== championRunId);
  const ended: AlertChange[] = [];
  for (const [i, { runId, metric, threshold }] of others.entries()) {
    const change = await changeAlert(
      invocation,
      {
        slot,
        runId,
        metric,
        value: null,
        threshold,
        samples: 0,
        position: WATCHED.length + i,
        reason: 'the model left production',
        judge: (raised) => (raised ? 'recovered' : 'unchanged'),
      },
      ledger,
    );
    if (change !== 'unchanged') ended.push({ runId, metric, change });
  }
  return ended;
}
