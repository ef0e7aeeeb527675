import type { EventName } from '../core/events/catalogue.ts';

/** What a function may do with a port; the AWS side turns it into permissions and environment variables together. */
export interface Grants {
  readonly ledger?: 'read' | 'write';
  readonly 'model-store'?: 'read' | 'write';
  readonly 'artifact-store'?: 'write';
  readonly 'market-data'?: 'read';
  /** Runs models: needs the native runtime beside its code. */
  readonly 'predictor-loader'?: 'use';
  readonly metrics?: 'write';
  readonly 'system-probe'?: 'read';
  readonly outbox?: 'write';
  readonly 'event-bus'?: 'write';
  readonly notifier?: 'write';
}

export type Trigger =
  | { readonly kind: 'events'; readonly names: readonly EventName[] }
  /** `market`: follows the market's time, which replay makes fast; `wall`: follows real time. On AWS both are EventBridge Scheduler. */
  | {
      readonly kind: 'schedule';
      readonly rate: `rate(${number} ${'second' | 'seconds' | 'minute' | 'minutes' | 'hour' | 'hours'})`;
      readonly clock: 'market' | 'wall';
    }
  /** What commits put into the outbox. On AWS the state table's stream; on one machine the function host does this itself. */
  | { readonly kind: 'outbox' }
  /** Requests of anybody who knows the address. On AWS a function URL; on one machine a server of its own does this. */
  | { readonly kind: 'http' };

export interface FunctionWiring {
  readonly name: string;
  readonly about: string;
  readonly triggers: readonly Trigger[];
  readonly grants: Grants;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** After so many failed attempts an event goes to the dead-letter queue. Lambda's own limit for what it invokes asynchronously is 3. */
  readonly maxAttempts: 1 | 2 | 3;
  /** No two of it run at the same time. */
  readonly singleWriter?: true;
  /** So many of it may run at the same time, so that what strangers start leaves the other functions their part of the account's limit. */
  readonly mostAtOnce?: number;
  /** What it means for the money when this function fails. */
  readonly errorImpact: string;
  /** Failed invocations in five minutes before someone is told. */
  readonly alarmAfterErrors: number;
}

/** The only list of functions, schedules and events: the CDK app and the local runner both read it. */
export const functions = [
  {
    name: 'analyze-market',
    about: 'Predicts with the production model on recent candles, and scores earlier predictions with what happened.',
    triggers: [{ kind: 'schedule', rate: 'rate(15 minutes)', clock: 'market' }],
    grants: { ledger: 'write', 'model-store': 'read', 'market-data': 'read', 'predictor-loader': 'use' },
    memoryMb: 512,
    timeoutSeconds: 60,
    maxAttempts: 3,
    errorImpact:
      'Trading goes on, but nobody measures the production model: a model that loses its edge is not noticed while this fails.',
    alarmAfterErrors: 2,
  },
  {
    name: 'check-promotion',
    about:
      'Compares candidates with the production model, promotes the better one, marks the others evaluated_inferior.',
    triggers: [
      { kind: 'events', names: ['CandidateRegistered'] },
      { kind: 'schedule', rate: 'rate(1 hour)', clock: 'market' },
    ],
    grants: { ledger: 'write', 'model-store': 'read' },
    memoryMb: 256,
    timeoutSeconds: 60,
    maxAttempts: 3,
    errorImpact: 'The champion keeps trading; better candidates wait, so money is only missed, not lost.',
    alarmAfterErrors: 3,
  },
  {
    name: 'track-performance',
    about: "Computes the production model's metrics from its outcomes and raises or ends alerts.",
    triggers: [{ kind: 'schedule', rate: 'rate(1 hour)', clock: 'market' }],
    grants: { ledger: 'write' },
    memoryMb: 256,
    timeoutSeconds: 60,
    maxAttempts: 3,
    errorImpact: 'Trading goes on without performance alerts: losses of a degraded model continue until someone looks.',
    alarmAfterErrors: 2,
  },
  {
    name: 'monitor-system',
    about:
      'Measures process, disk, exchange latency and error rate, and compares them with the thresholds of the live configuration.',
    triggers: [{ kind: 'schedule', rate: 'rate(60 seconds)', clock: 'wall' }],
    grants: { ledger: 'write', metrics: 'write', 'market-data': 'read', 'system-probe': 'read' },
    memoryMb: 256,
    timeoutSeconds: 30,
    maxAttempts: 2,
    errorImpact: 'Trading goes on unwatched: a stalled feed or a full disk would be noticed only when orders fail.',
    alarmAfterErrors: 3,
  },
  {
    name: 'relay-outbox',
    about: 'Publishes the events of every commit as soon as it is done, and takes them out of the outbox.',
    triggers: [{ kind: 'outbox' }],
    grants: { outbox: 'write', 'event-bus': 'write' },
    memoryMb: 256,
    timeoutSeconds: 30,
    maxAttempts: 3,
    errorImpact:
      'The trader learns of a new model, a changed limit or a halt up to two minutes late, when the sweeper publishes it; until then it trades on with the old one.',
    alarmAfterErrors: 1,
  },
  {
    name: 'sweep-outbox',
    about: 'Publishes what stayed in the outbox for over a minute, and records how much that was.',
    triggers: [{ kind: 'schedule', rate: 'rate(1 minute)', clock: 'wall' }],
    grants: { outbox: 'write', 'event-bus': 'write', metrics: 'write' },
    memoryMb: 256,
    timeoutSeconds: 50,
    maxAttempts: 2,
    singleWriter: true,
    errorImpact:
      'Nothing as long as the relay works; an event the relay dropped stays unpublished, so a halt or a new model may never reach the trader.',
    alarmAfterErrors: 3,
  },
  {
    name: 'notify-people',
    about: 'Tells people of alarms, halts and their ends: what happened, what it means for the money, what to do.',
    triggers: [
      {
        kind: 'events',
        names: ['PerformanceAlert', 'SystemError', 'SystemRecovered', 'TradingHalted', 'TradingResumed'],
      },
    ],
    // What a slot holds is part of the news.
    grants: { ledger: 'read', notifier: 'write' },
    memoryMb: 256,
    timeoutSeconds: 30,
    maxAttempts: 3,
    errorImpact:
      'Trading goes on as it is; nobody hears of a halt, a limit of losses or a failing model, so losses last until someone looks.',
    alarmAfterErrors: 1,
  },
  {
    name: 'serve-registry',
    about: "MLflow's tracking server and model registry: experiments, runs, models, artifacts.",
    triggers: [{ kind: 'http' }],
    grants: { ledger: 'write', 'model-store': 'write', 'artifact-store': 'write' },
    // A search may read thousands of runs, and a model is read whole.
    memoryMb: 1_024,
    timeoutSeconds: 60,
    // Whoever asked waits for the answer, and asks again by himself.
    maxAttempts: 1,
    mostAtOnce: 20,
    errorImpact:
      'Trading goes on; nobody can log, register or promote models through MLflow, so better candidates wait: money is only missed, not lost.',
    alarmAfterErrors: 5,
  },
] as const satisfies readonly FunctionWiring[];

export type FunctionName = (typeof functions)[number]['name'];

type Served = Exclude<
  (typeof functions)[number],
  { readonly triggers: readonly [{ readonly kind: 'outbox' | 'http' }] }
>;

/** Functions that events or schedules start: one machine runs these as AWS does. */
export type HostedFunctionName = Served['name'];

export const hostedFunctions: readonly FunctionWiring[] = functions.filter(({ triggers }) =>
  triggers.some(({ kind }) => kind === 'events' || kind === 'schedule'),
);

/** Long-running processes that get events as commands through a queue of their own. */
export const queues = [
  { name: 'trader', events: ['ModelUpdated', 'ConfigChanged', 'TradingHalted', 'TradingResumed'] },
] as const satisfies readonly { readonly name: string; readonly events: readonly EventName[] }[];
