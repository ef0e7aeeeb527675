import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { prefixOf, type StageConfig, slotIdOf } from '../../src/compose/stage-config.ts';
import { stageEnvironment } from '../../src/compose/stage-environment.ts';
import { outputOf, slotOutputOf } from '../../src/compose/stage-outputs.ts';
import { type FunctionName, type FunctionWiring, functions, queues } from '../../src/compose/wiring.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import type { Assets } from '../assets.ts';
import type { AlertTopic } from '../constructs/alert-topic.ts';
import { CommandQueue } from '../constructs/command-queue.ts';
import { EventBusOfAres } from '../constructs/event-bus-of-ares.ts';
import { EventFunction } from '../constructs/event-function.ts';
import { grantPorts } from '../constructs/grant-ports.ts';
import type { EnvName } from '../constructs/holder.ts';
import { MoneyAlarm } from '../constructs/money-alarm.ts';
import { OnnxruntimeLayer } from '../constructs/onnxruntime-layer.ts';
import { slotName } from '../constructs/slot-name.ts';
import type { StateStack } from './state-stack.ts';

export interface FunctionsStackProps extends StackProps {
  readonly config: StageConfig;
  readonly state: StateStack;
  readonly assets: Assets;
}

const ARCHIVE_DAYS = 30;

/** Everything that events and schedules start, as the wiring table says, and the queues that bring traders their commands. */
export class FunctionsStack extends Stack {
  readonly bus: EventBusOfAres;
  readonly functions: ReadonlyMap<FunctionName, EventFunction>;
  readonly commandQueues: ReadonlyMap<SlotId, CommandQueue>;

  constructor(scope: Construct, id: string, { config, state, assets, ...props }: FunctionsStackProps) {
    super(scope, id, props);
    const { alerts, ledger } = state;
    const bus = new EventBusOfAres(this, 'Events', { name: `ares-${config.stage}`, archiveDays: ARCHIVE_DAYS });
    const runtime = new OnnxruntimeLayer(this, 'Onnxruntime', {
      directory: assets.onnxruntimeLayer(config.platform),
      config,
    });
    const build = (row: FunctionWiring): EventFunction => {
      const layers = row.grants['predictor-loader'] ? [runtime.layer] : [];
      const bundle = assets.functionBundle(row.name);
      const fn = new EventFunction(this, row.name, { row, config, bundle, layers, bus, ledger, alerts });
      grantPorts(fn, { config, state, bus });
      return fn;
    };
    this.bus = bus;
    this.functions = new Map(functions.map((row) => [row.name, build(row)]));
    this.commandQueues = new Map(
      config.slots.map((slot) => [slotIdOf(slot), this.#commandQueue(slotIdOf(slot), config, alerts)]),
    );
    this.#watchThrottles(config, alerts);
    this.#say(config);
  }

  #commandQueue(slot: SlotId, config: StageConfig, alerts: AlertTopic): CommandQueue {
    const [{ name, events }] = queues;
    return new CommandQueue(this, `Commands-${slotName(slot)}`, {
      name: `${prefixOf(config)}${name}-${slotName(slot)}`,
      events,
      slot,
      bus: this.bus,
      alerts,
    });
  }

  /** Over all functions of the region, since they share one limit; what strangers can start has a limit and an alarm of its own. */
  #watchThrottles(config: StageConfig, topic: AlertTopic): void {
    const throttles = { namespace: 'AWS/Lambda', metricName: 'Throttles', statistic: 'Sum' };
    const open = [...this.functions.values()].filter(({ url }) => url !== undefined).map(({ fn }) => fn);
    const own = Object.fromEntries(open.map((fn, at) => [`open${at}`, fn.metricThrottles({ statistic: 'Sum' })]));
    new MoneyAlarm(this, 'Throttled', {
      name: `${prefixOf(config)}functions-throttled`,
      metric: new MathExpression({
        expression: ['every', ...Object.keys(own).map((id) => `FILL(${id}, 0)`)].join(' - '),
        usingMetrics: { every: new Metric(throttles), ...own },
        period: Duration.minutes(5),
        label: 'Refused starts',
      }),
      threshold: 10,
      periods: 2,
      missingData: 'notBreaching',
      impact:
        "The account's functions run into their common limit: promotion, monitoring and relaying come late. The trader is not affected.",
      runbook: '#aws-functions-are-throttled',
      topic,
    });
  }

  #say(config: StageConfig): void {
    const say = (name: string, value: string) => new CfnOutput(this, name, { value });
    for (const [name, value] of Object.entries(stageEnvironment(config))) say(outputOf(name as EnvName), value);
    say(outputOf('ARES_EVENT_BUS'), this.bus.bus.eventBusName);
    const { url } = this.functions.get('serve-registry') ?? {};
    // A client of MLflow takes it as MLFLOW_TRACKING_URI.
    if (url !== undefined) say('AresRegistryUrl', url);
    for (const [at, [slot, { queue }]] of [...this.commandQueues].entries()) {
      say(slotOutputOf('ARES_SLOT', at + 1), slot);
      say(slotOutputOf('ARES_COMMAND_QUEUE_URL', at + 1), queue.queueUrl);
    }
  }
}
