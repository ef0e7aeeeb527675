import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { prefixOf, type StageConfig } from '../../src/compose/stage-config.ts';
import type { FunctionWiring, Trigger } from '../../src/compose/wiring.ts';
import { acknowledge, EVERY_RESOURCE } from './acknowledge.ts';
import type { AlertTopic } from './alert-topic.ts';
import { DeadLetters } from './dead-letters.ts';
import { deliveryLimits, scheduleAge } from './delivery-limits.ts';
import type { EventBusOfAres } from './event-bus-of-ares.ts';
import { FunctionAddress } from './function-address.ts';
import { FunctionRule } from './function-rule.ts';
import { FunctionSchedule } from './function-schedule.ts';
import type { EnvName, Holder } from './holder.ts';
import type { LedgerTables } from './ledger-tables.ts';
import { MoneyAlarm } from './money-alarm.ts';
import { architectureOf } from './onnxruntime-layer.ts';
import { OutboxStream } from './outbox-stream.ts';

export interface EventFunctionProps {
  readonly row: FunctionWiring;
  readonly config: StageConfig;
  /** The directory that holds the function's bundle. */
  readonly bundle: string;
  readonly layers: readonly lambda.ILayerVersion[];
  readonly bus: EventBusOfAres;
  readonly ledger: LedgerTables;
  readonly alerts: AlertTopic;
}

/** One row of the wiring table on AWS: the function, what starts it, where its failures go, and who is told of them. */
export class EventFunction extends Construct implements Holder {
  readonly row: FunctionWiring;
  readonly fn: lambda.Function;
  readonly deadLetters: DeadLetters;
  readonly grantPrincipal: iam.IPrincipal;
  /** Where requests start it, if any do. */
  readonly url: string | undefined;
  readonly #props: EventFunctionProps;

  constructor(scope: Construct, id: string, props: EventFunctionProps) {
    super(scope, id);
    const { row, config, alerts } = props;
    this.#props = props;
    this.row = row;
    const name = `${prefixOf(config)}${row.name}`;
    this.deadLetters = new DeadLetters(this, 'DeadLetters', { of: name, impact: row.errorImpact, alerts });
    this.fn = this.#function(name);
    this.grantPrincipal = this.fn.grantPrincipal;
    acknowledge(this, EVERY_RESOURCE, 'X-Ray and dynamodb:ListStreams know no resource but all of them.');
    for (const [at, trigger] of row.triggers.entries()) this.#start(trigger, at);
    this.url = this.#address();
    this.#watch();
  }

  addEnvironment(name: EnvName, value: string): void {
    this.fn.addEnvironment(name, value);
  }

  #function(name: string): lambda.Function {
    const { row, config, bundle, layers } = this.#props;
    const atOnce = row.singleWriter ? 1 : row.mostAtOnce;
    const logGroup = new logs.LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${name}`,
      retention: config.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new iam.Role(this, 'Role', {
      description: row.about,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    return new lambda.Function(this, 'Function', {
      functionName: name,
      description: row.about,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: architectureOf(config),
      handler: 'index.handler',
      code: lambda.Code.fromAsset(bundle),
      layers: [...layers],
      memorySize: row.memoryMb,
      timeout: Duration.seconds(row.timeoutSeconds),
      role,
      logGroup,
      tracing: lambda.Tracing.ACTIVE,
      onFailure: new SqsDestination(this.deadLetters.queue),
      retryAttempts: row.maxAttempts - 1,
      maxEventAge: oldestEvent(row),
      environment: { ARES_STAGE: config.stage },
      ...(atOnce !== undefined && config.reserveConcurrency ? { reservedConcurrentExecutions: atOnce } : {}),
    });
  }

  #start(trigger: Trigger, at: number): void {
    const { row, ledger, bus } = this.#props;
    const suffix = row.triggers.filter(({ kind }) => kind === trigger.kind).length > 1 ? `-${at}` : '';
    const common = { name: `${this.#name}${suffix}`, target: this.fn, deadLetters: this.deadLetters.queue };
    if (trigger.kind === 'events')
      new FunctionRule(this, `Rule${suffix}`, { ...common, about: row.about, events: trigger.names, bus });
    else if (trigger.kind === 'schedule')
      new FunctionSchedule(this, `Schedule${suffix}`, { ...common, rate: trigger.rate });
    else if (trigger.kind === 'outbox')
      new OutboxStream(this, 'Outbox', { ...common, table: ledger.state, maxAttempts: row.maxAttempts });
  }

  #address(): string | undefined {
    const { row, alerts } = this.#props;
    if (!row.triggers.some(({ kind }) => kind === 'http')) return undefined;
    const { alarmAfterErrors, errorImpact: impact } = row;
    return new FunctionAddress(this, 'Address', { name: this.#name, target: this.fn, alarmAfterErrors, impact, alerts })
      .url;
  }

  #watch(): void {
    const { row, alerts } = this.#props;
    const common = { missingData: 'notBreaching', impact: row.errorImpact, topic: alerts } as const;
    new MoneyAlarm(this, 'Errors', {
      ...common,
      name: `${this.#name}-errors`,
      metric: this.fn.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: row.alarmAfterErrors,
      runbook: '#aws-a-function-fails',
    });
    if (row.triggers.some(({ kind }) => kind === 'outbox'))
      new MoneyAlarm(this, 'Behind', {
        ...common,
        name: `${this.#name}-behind`,
        metric: this.fn.metric('IteratorAge', {
          period: Duration.minutes(5),
          statistic: cloudwatch.Stats.MAXIMUM,
          unit: cloudwatch.Unit.MILLISECONDS,
        }),
        threshold: 60_000,
        runbook: '#aws-events-are-late',
      });
  }

  get #name(): string {
    const { config, row } = this.#props;
    return `${prefixOf(config)}${row.name}`;
  }
}

/** An event waits for an hour; the run of a schedule no longer than until the next one, which sees more. */
function oldestEvent({ triggers }: FunctionWiring): Duration {
  const waits = triggers.map((trigger) =>
    trigger.kind === 'schedule' ? scheduleAge(trigger.rate) : deliveryLimits.maxEventAge,
  );
  return Duration.seconds(Math.max(...waits.map((wait) => wait.toSeconds())));
}
