import { AresError } from '../ares-error.ts';
import type { LiveConfig } from '../config/live-config.ts';
import { readConfig } from '../config/read-config.ts';
import type { Invocation } from '../events/invocation.ts';
import type { SlotId } from '../models/slot.ts';
import { listSlots } from '../models/slot-registry.ts';
import type { Monotonic } from '../ports/clock.ts';
import type { MarketData } from '../ports/exchange.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Metric, Metrics } from '../ports/metrics.ts';
import type { SystemProbe } from '../ports/system-probe.ts';
import { type AlertHandler, type HandlerFailure, tellHandlers } from './alert-handler.ts';
import { changeSystemAlert, type EndedCheck, type SystemAlert } from './change-system-alert.ts';
import { checkExchange } from './check-exchange.ts';
import { checkMachine, MACHINE_CHECKS } from './check-machine.ts';
import { type CheckResult, type CheckStatus, type Measurement, worstStatus } from './check-result.ts';
import { checkModel, checkTrading, slotChecks } from './check-slot.ts';
import { checkTrader } from './check-trader.ts';
import { haltSilentSlot } from './halt-silent-slot.ts';
import { measure } from './measure.ts';
import {
  dated,
  lastSystemCheck,
  type SystemCheck,
  systemCheckRecord,
  type TraderCounters,
  watchedSince,
} from './system-check.ts';

export interface MonitorPorts {
  readonly ledger: Ledger;
  readonly metrics: Metrics;
  readonly marketData: MarketData;
  readonly systemProbe: SystemProbe;
  readonly monotonic: Monotonic;
  /** Told of each alarm's beginning and end. */
  readonly alertHandlers?: readonly AlertHandler[];
}

export interface MonitorOutcome {
  readonly status: CheckStatus;
  readonly check: SystemCheck;
  /** Alarms that began, grew worse or ended with this run. */
  readonly alerts: readonly SystemAlert[];
  readonly handlerFailures: readonly HandlerFailure[];
  /** Slots this run halted because their trader is silent. */
  readonly halted: readonly SlotId[];
}

/**
 * Measures the machine, the exchange, the traders, the production models and the money, compares each with the live configuration, stores the results,
 * raises or ends alarms, and halts a slot whose trader is silent for too long.
 *
 * A probe that fails makes its own checks `failed` and stops nothing else.
 */
export async function monitorSystem(invocation: Invocation, ports: MonitorPorts): Promise<MonitorOutcome> {
  const { ledger } = ports;
  const { now } = invocation;
  const [{ config }, slots, before] = await Promise.all([
    readConfig(ledger),
    listSlots(ledger),
    lastSystemCheck(ledger, now),
  ]);
  const { measurements, traders } = await measureAll(now, before, config, slots, ports);
  const recorded = await measure(['metrics'], () => recordMetrics(measurements, invocation, ports.metrics));
  const checks = [...measurements, ...recorded].map((measurement) => dated(measurement, before, now));
  const status = worstStatus(checks.map((check) => check.status));
  const watchedFrom = watchedSince(before, now);
  const check: SystemCheck = { at: now, watchedFrom, status, checks, traders };
  await ledger.append([systemCheckRecord(check)]);
  // Before anybody is told of anything else.
  const halted: SlotId[] = [];
  for (const slot of slots) {
    if (await haltsNow(() => haltSilentSlot(slot, watchedFrom, config.risk, invocation, ledger))) halted.push(slot);
  }

  const alerts: SystemAlert[] = [];
  for (const [position, result] of [...checks, ...noLongerMade(before, checks)].entries()) {
    const alert = await changeSystemAlert(invocation, result, position, ledger);
    if (alert) alerts.push(alert);
  }
  const handlerFailures = await tellHandlers(ports.alertHandlers ?? [], alerts);
  return { status, check, alerts, handlerFailures, halted };
}

/** A stored item that is none fails the check that reads it, and keeps no other slot from being halted. */
async function haltsNow(attempt: () => ReturnType<typeof haltSilentSlot>): Promise<boolean> {
  try {
    return (await attempt())?.outcome === 'changed';
  } catch (error) {
    if (error instanceof AresError && error.code === 'LEDGER_ITEM_INVALID') return false;
    throw error;
  }
}

async function measureAll(
  now: number,
  before: SystemCheck | undefined,
  config: LiveConfig,
  slots: readonly SlotId[],
  ports: MonitorPorts,
): Promise<{ readonly measurements: readonly Measurement[]; readonly traders: SystemCheck['traders'] }> {
  const { ledger, systemProbe } = ports;
  const limits = config.monitoring;
  const counted = new Map<SlotId, TraderCounters>();
  const groups = await Promise.all([
    measure(MACHINE_CHECKS, () => checkMachine(systemProbe, limits)),
    measure(['exchange'], () => checkExchange(ports, limits)),
    ...slots.flatMap((slot) => {
      const { trader, errorRate, model, drawdown, dayLoss } = slotChecks(slot);
      return [
        measure([trader, errorRate], async () => {
          const of = { before: before?.traders[slot], now, limits };
          const { measurements, counters } = await checkTrader(slot, of, ledger);
          if (counters) counted.set(slot, counters);
          return measurements;
        }),
        measure([model], () => checkModel(slot, config, ledger)),
        measure([drawdown, dayLoss], () => checkTrading(slot, config, ledger)),
      ];
    }),
  ]);
  return { measurements: groups.flat(), traders: Object.fromEntries(counted) };
}

/** Checks that the run before made and this one does not, as of an earlier release: nothing else would ever end their alarms. */
function noLongerMade(before: SystemCheck | undefined, checks: readonly CheckResult[]): readonly EndedCheck[] {
  const made = new Set(checks.map(({ name }) => name));
  const gone = before?.checks.filter(({ name }) => !made.has(name)) ?? [];
  return gone.map((check) => ({ ...check, status: 'healthy', isGone: true }));
}

async function recordMetrics(
  measurements: readonly Measurement[],
  { now }: Invocation,
  metrics: Metrics,
): Promise<readonly Measurement[]> {
  const series = measurements.flatMap(({ name, value, unit, dimensions = {} }): readonly Metric[] => {
    if (value === null) return [];
    // The slot is a dimension, so it is no part of the name.
    const [kind = name] = name.split(':');
    return [{ name: kind, value, unit, at: now, dimensions }];
  });
  await metrics.record(series);
  return [{ name: 'metrics', status: 'healthy', value: null, threshold: null, reason: '', unit: 'None' }];
}
