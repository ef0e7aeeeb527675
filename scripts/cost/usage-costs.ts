import { type CostLine, GIGABYTE, HOURS_A_MONTH, SECONDS_A_MONTH } from './cost-line.ts';
import type { DeployedFunction, Deployment } from './deployment.ts';
import type { Load } from './load.ts';
import { billedMs, type OperationId, operations, runTimes } from './operations.ts';

/** Log lines, measured: a function's own line and Lambda's START, END and REPORT. */
const LOG_BYTES_A_RUN = 900;
const LOG_BYTES_A_SYSTEM_CHECK = 3_500;
const LOG_BYTES_AN_ORDER = 600;
const EVENT_BYTES = 800;
const COLD_START_MS = 1_200;
/** A function that runs less often than this finds its environment gone. */
const WARM_RUNS = HOURS_A_MONTH * 6;
const METRICS_OF_SYSTEM = 6;
const METRICS_OF_SLOT = 5;
const LONG_POLL_SECONDS = 20;
const FLOW_LOG_BYTES_A_TRADER = 20_000_000;
const BYTES_OUT_A_TRADER = 500_000_000;
const IMAGE_GIGABYTES = 0.15;
const AUDIT_AND_STATE_MONTHS = 12;

const use = (what: string, price: CostLine['price'], usage: number, how: string): CostLine => ({
  what,
  price,
  usage,
  basis: 'use',
  how,
});

const rounded = (value: number): string => Math.round(value).toLocaleString('en-US');

/** How often each operation happens. */
function operationCounts(
  { functions, leaseTtlMs, heartbeatMs }: Deployment,
  load: Load,
  events: number,
): Readonly<Record<OperationId, number>> {
  const runs = (name: string) => functions.find((each) => each.name === name)?.scheduledRuns ?? 0;
  const all = functions.reduce((sum, each) => sum + runsOf(each, load, events), 0);
  const { slots } = load;
  return {
    renewLease: (slots * SECONDS_A_MONTH * 1_000 * 3) / leaseTtlMs,
    heartbeat: (slots * SECONDS_A_MONTH * 1_000) / heartbeatMs,
    decision: slots * load.barsPerSlot,
    order: slots * load.ordersPerSlot,
    prediction: slots * load.barsPerSlot,
    run:
      all -
      runsOf(
        functions.find(({ name }) => name === 'relay-outbox'),
        load,
        events,
      ),
    systemCheck: runs('monitor-system'),
    systemCheckOfSlot: runs('monitor-system') * slots,
    analysis: runs('analyze-market') * slots,
    performance: runs('track-performance') * slots,
    promotionCheck: slots * (runs('check-promotion') + load.candidatesPerSlot),
    candidate: slots * load.candidatesPerSlot,
    sweep: runs('sweep-outbox'),
    relay: events,
    notice: load.notices,
  };
}

/** Runs a month, of schedules and of events. */
function runsOf(of: DeployedFunction | undefined, load: Load, events: number): number {
  if (!of) return 0;
  const byEvents: Readonly<Record<string, number>> = {
    'relay-outbox': events,
    'check-promotion': load.slots * load.candidatesPerSlot,
    'notify-people': load.notices,
  };
  return of.scheduledRuns + (byEvents[of.name] ?? 0);
}

function functionLines(deployment: Deployment, load: Load, events: number): readonly CostLine[] {
  const of = (name: string) => `${name} (no running time known: a second assumed)`;
  return deployment.functions.flatMap((each) => {
    const runs = runsOf(each, load, events);
    const known = runTimes[each.name];
    const warm = known ? billedMs(known, each.memoryMb) : 1_000;
    const cold = runs < WARM_RUNS ? COLD_START_MS : 0;
    const seconds = (runs * (warm + cold) * each.memoryMb) / 1_024 / 1_000;
    const how = `${rounded(runs)} runs × ${warm + cold} ms × ${each.memoryMb} MB`;
    return [
      use(`Function ${known ? each.name : of(each.name)}`, each.arm ? 'lambdaArm' : 'lambdaX86', seconds, how),
      use('Functions started', 'lambdaRequest', runs, 'all runs'),
      ...(each.scheduledRuns > 0
        ? [use('Schedules', 'schedulerInvocation', each.scheduledRuns, 'as the schedules say')]
        : []),
      // Runs that nothing upstream has sampled are sampled at one a second and one in twenty beyond.
      ...(each.traced ? [use('Traces', 'trace', runs, 'every run')] : []),
    ];
  });
}

/** What a month of the load costs on a deployment, by use. */
export function usageCosts(deployment: Deployment, load: Load): readonly CostLine[] {
  const { slots } = load;
  const events = slots * (load.ordersPerSlot + 2 * load.candidatesPerSlot) + load.notices;
  const counts = operationCounts(deployment, load, events);
  const ledger = (Object.keys(operations) as OperationId[]).filter((id) => counts[id] > 0);
  const sum = (of: (id: OperationId) => number) => ledger.reduce((total, id) => total + of(id), 0);
  const kept = (sum((id) => counts[id] * operations[id].bytesKept) * AUDIT_AND_STATE_MONTHS) / GIGABYTE;
  const runs = deployment.functions.reduce((total, each) => total + runsOf(each, load, events), 0);
  const logBytes =
    runs * LOG_BYTES_A_RUN +
    counts.systemCheck * (LOG_BYTES_A_SYSTEM_CHECK + slots * METRICS_OF_SLOT * 150) +
    slots * load.ordersPerSlot * LOG_BYTES_AN_ORDER +
    (deployment.flowLogs ? slots * FLOW_LOG_BYTES_A_TRADER : 0);
  const eventGigabytes = (events * EVENT_BYTES) / GIGABYTE;
  const gigabytesOut = (slots * BYTES_OUT_A_TRADER) / GIGABYTE;
  const polls = (slots * SECONDS_A_MONTH) / LONG_POLL_SECONDS;
  const metrics = METRICS_OF_SYSTEM + slots * METRICS_OF_SLOT;
  const models = slots * load.candidatesPerSlot;
  return [
    ...ledger
      .filter((id) => operations[id].writeUnits > 0)
      .map((id) => {
        const { what, writeUnits, how } = operations[id];
        const usage = counts[id] * writeUnits;
        return use(`${what}: writes`, 'dynamoWrite', usage, `${rounded(counts[id])} × ${writeUnits}: ${how}`);
      }),
    use(
      'All reads',
      'dynamoRead',
      sum((id) => counts[id] * operations[id].readUnits),
      'as many as operations read',
    ),
    use('Ledger kept', 'dynamoStorage', kept, `what ${AUDIT_AND_STATE_MONTHS} months leave behind`),
    use('Ledger, recoverable', 'dynamoRecovery', kept, 'the same again'),
    ...functionLines(deployment, load, events),
    use('Command queues', 'sqsRequest', polls, `${slots} × long polls of ${LONG_POLL_SECONDS} s`),
    use('Events', 'customEvent', events, 'orders, candidates, notices'),
    ...(deployment.archivesEvents
      ? [
          use('Events archived', 'archiveProcessing', eventGigabytes, `${EVENT_BYTES} bytes each`),
          use('Events kept', 'archiveStorage', eventGigabytes * AUDIT_AND_STATE_MONTHS, '12 months of them'),
        ]
      : []),
    use('Notices', 'snsPublish', load.notices, 'each once'),
    use('E-mails', 'snsEmail', load.notices, 'one address'),
    use('Metrics', 'customMetric', metrics, `${METRICS_OF_SYSTEM} + ${METRICS_OF_SLOT} a slot`),
    use('Logs', 'logsIngested', logBytes / GIGABYTE, 'functions, trader, refused packets'),
    use(
      'Logs kept',
      'logsStored',
      (logBytes / GIGABYTE) * (deployment.logRetentionDays / 30),
      `${deployment.logRetentionDays} days`,
    ),
    use('Models stored', 's3Put', models, 'one a candidate'),
    use('Models read', 's3Get', models * 4, 'four times each'),
    use(
      'Models kept',
      's3Storage',
      (models * load.modelBytes * AUDIT_AND_STATE_MONTHS) / GIGABYTE,
      '12 months of them',
    ),
    use('Keys used', 'kmsRequest', runs + slots * 2_000, 'at most one a run, some a trader'),
    use('Secrets read', 'secretRequest', slots * 60, 'at each start of a trader, two a day'),
    use("Trader's image", 'imageStorage', IMAGE_GIGABYTES, 'assumed size'),
    use('Sent to the internet', 'dataOut', gigabytesOut, `${slots} × 0.5 GB assumed`),
    ...(deployment.throughNatGateway
      ? [use('Through the NAT gateway', 'natGatewayGb', gigabytesOut * 6, 'sent and received, assumed')]
      : []),
  ];
}
