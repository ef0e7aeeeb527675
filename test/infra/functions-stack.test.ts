import { beforeAll, describe, expect, it } from 'vitest';
import { readEnv } from '../../src/compose/env.ts';
import { envOfOutputs, type StackOutputs } from '../../src/compose/stage-outputs.ts';
import { functions, queues } from '../../src/compose/wiring.ts';
import { catalogue, type EventName } from '../../src/core/events/catalogue.ts';
import { eventBridgeEvent } from '../../src/core/events/event-bridge-event.ts';
import { type EventPattern, eventPattern } from '../../src/core/events/pattern.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import { liveStage, paperStage } from './support/stages.ts';
import { type Synthesised, synthesise } from './support/synthesise.ts';

let paper: Synthesised;
let live: Synthesised;
beforeAll(() => {
  paper = synthesise(paperStage);
  live = synthesise(liveStage);
});

// biome-ignore lint/suspicious/noExplicitAny: a template is whatever CloudFormation takes.
type Properties = any;
const resourcesOf = ({ templates }: Synthesised, type: string): readonly Properties[] =>
  Object.values(templates.functions.Resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => Properties);
const functionOf = (name: string): Properties =>
  resourcesOf(paper, 'AWS::Lambda::Function').find(({ FunctionName }) => FunctionName === `ares-paper-${name}`);
/** The statements of a function's own role. */
const allowed = (name: string): readonly Properties[] => {
  const role = functionOf(name).Role['Fn::GetAtt'][0];
  return resourcesOf(paper, 'AWS::IAM::Policy')
    .filter(({ Roles }) => Roles.some(({ Ref }: { Ref: string }) => Ref === role))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
};
const actionsOn = (name: string, resource: RegExp): readonly string[] =>
  allowed(name)
    .filter(({ Resource }) => resource.test(JSON.stringify(Resource)))
    .flatMap(({ Action }) => Action)
    .toSorted();

describe('the functions', () => {
  it('are the rows of the wiring table and no others', () => {
    const deployed = resourcesOf(paper, 'AWS::Lambda::Function').map(({ FunctionName }) => FunctionName);
    expect(deployed.toSorted()).toEqual(functions.map(({ name }) => `ares-paper-${name}`).toSorted());
  });

  it.each(functions)(
    '$name has the memory, the time and the tries of its row',
    ({ name, memoryMb, timeoutSeconds, maxAttempts }) => {
      expect(functionOf(name)).toMatchObject({
        MemorySize: memoryMb,
        Timeout: timeoutSeconds,
        Handler: 'index.handler',
      });
      const config = resourcesOf(paper, 'AWS::Lambda::EventInvokeConfig').find(({ FunctionName }) =>
        JSON.stringify(FunctionName).includes(name.replaceAll('-', '')),
      );
      expect(config.MaximumRetryAttempts).toBe(maxAttempts - 1);
    },
  );

  it('have the native runtime where they run models, and nowhere else', () => {
    for (const { name, grants } of functions)
      expect(functionOf(name).Layers?.length ?? 0, name).toBe('predictor-loader' in grants ? 1 : 0);
  });

  it('know their tables, bus, bucket and topic by what they are granted', () => {
    const environment = (name: string) => Object.keys(functionOf(name).Environment.Variables).toSorted();
    const tables = ['ARES_AUDIT_TABLE', 'ARES_REGISTRY_TABLE', 'ARES_STATE_TABLE'];
    expect(environment('relay-outbox')).toEqual(['ARES_EVENT_BUS', 'ARES_STAGE', ...tables].toSorted());
    expect(environment('check-promotion')).toEqual(['ARES_MODEL_BUCKET', 'ARES_STAGE', ...tables].toSorted());
    expect(environment('notify-people')).toEqual(expect.arrayContaining(['ARES_ALERT_TOPIC_ARN']));
  });

  it('reach in the ledger what their row grants: the relay removes from the outbox and touches nothing else', () => {
    const reads = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:Query'];
    expect(actionsOn('relay-outbox', /LedgerState/)).toEqual(['dynamodb:BatchWriteItem', ...reads].toSorted());
    const removes = allowed('relay-outbox').find(({ Action }) => Action.includes('dynamodb:BatchWriteItem'));
    expect(removes.Condition).toEqual({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['~outbox#*'] } });
    expect(actionsOn('relay-outbox', /LedgerAudit|LedgerRegistry|Models/)).toEqual([]);
  });

  it('remember what they handled under their own name, where they have no ledger to write', () => {
    const marks = allowed('sweep-outbox').filter(({ Condition }) =>
      JSON.stringify(Condition ?? '').includes('handled#'),
    );
    expect(marks.map(({ Condition }) => Condition)).toEqual([
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['handled#sweep-outbox'] } },
    ]);
  });

  it('read models and write none', () => {
    expect(actionsOn('analyze-market', /Models/)).toEqual(['s3:GetObject', 's3:ListBucket']);
  });
});

describe('the registry', () => {
  it('has an address that anybody may ask, and two permissions that say so', () => {
    expect(resourcesOf(paper, 'AWS::Lambda::Url')).toMatchObject([{ AuthType: 'NONE', InvokeMode: 'BUFFERED' }]);
    const open = resourcesOf(paper, 'AWS::Lambda::Permission').filter(({ Principal }) => Principal === '*');
    expect(open).toMatchObject([
      { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' },
      { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
    ]);
    expect(paper.templates.functions.Outputs?.AresRegistryUrl?.Value).toMatchObject({
      'Fn::GetAtt': [expect.stringMatching(/^serveregistry/), 'FunctionUrl'],
    });
  });

  it('writes models and artifacts, and deletes artifacts only, no version of them', () => {
    expect(actionsOn('serve-registry', /Models/)).toEqual([
      's3:AbortMultipartUpload',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
    ]);
    expect(actionsOn('serve-registry', /Artifacts/)).toEqual([
      's3:AbortMultipartUpload',
      's3:DeleteObject',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
    ]);
    expect(actionsOn('serve-registry', /EventBus|Alerts|ExchangeKeys/)).toEqual([]);
  });

  it('knows its tables and buckets, and nothing of exchange or bus', () => {
    expect(Object.keys(functionOf('serve-registry').Environment.Variables).toSorted()).toEqual([
      'ARES_ARTIFACT_BUCKET',
      'ARES_AUDIT_TABLE',
      'ARES_MODEL_BUCKET',
      'ARES_REGISTRY_TABLE',
      'ARES_STAGE',
      'ARES_STATE_TABLE',
    ]);
  });

  it('runs twenty times at once and no more, and is not counted among the functions that are held up', () => {
    expect(functionOf('serve-registry').ReservedConcurrentExecutions).toBe(20);
    const alarm = resourcesOf(paper, 'AWS::CloudWatch::Alarm').find(
      ({ AlarmName }) => AlarmName === 'ares-paper-functions-throttled',
    );
    const [expression, every, open] = alarm.Metrics;
    expect(expression).toMatchObject({ Expression: 'every - FILL(open0, 0)' });
    expect(every.MetricStat.Metric).toEqual({ MetricName: 'Throttles', Namespace: 'AWS/Lambda' });
    expect(JSON.stringify(open.MetricStat.Metric)).toContain('serveregistry');
    for (const { MetricStat } of [every, open]) expect(MetricStat).toMatchObject({ Period: 300, Stat: 'Sum' });
  });
});

describe('events', () => {
  const slotOfPaper = 'main:trend:BTC/USDT:1m';
  const eventOf = (name: EventName, slot: string | null): object => {
    const { source, detailType } = catalogue[name];
    const metadata = {
      id: 'e',
      version: 1,
      occurredAt: 0,
      correlationId: 'e',
      causationId: null,
      slot,
      sequence: 1,
    } as const;
    return eventBridgeEvent({ source, detailType, detail: { metadata, data: {} } });
  };
  /** As an object, or as text where it holds a null. */
  const patternOf = ({ EventPattern }: Properties): EventPattern =>
    typeof EventPattern === 'string' ? JSON.parse(EventPattern) : EventPattern;
  /** Names of what the deployed rules would start. */
  const startedBy = (stage: Synthesised, event: object): readonly string[] =>
    resourcesOf(stage, 'AWS::Events::Rule')
      .filter((rule) => eventPattern(patternOf(rule))(event))
      .map(({ Name }) => Name)
      .toSorted();

  it.each(Object.keys(catalogue) as EventName[])('%s starts what the wiring table says', (name) => {
    const wired = functions.filter(({ triggers }) =>
      triggers.some((trigger) => trigger.kind === 'events' && (trigger.names as readonly string[]).includes(name)),
    );
    const commands = (queues[0].events as readonly string[]).includes(name)
      ? ['ares-paper-trader-main-trend-btc-usdt-1m']
      : [];
    const expected = [...wired.map((row) => `ares-paper-${row.name}`), ...commands].toSorted();
    expect(startedBy(paper, eventOf(name, slotOfPaper))).toEqual(expected);
  });

  it('of one slot reach its own trader, and those of none reach every trader', () => {
    const traders = (slot: string | null) =>
      startedBy(live, eventOf('ModelUpdated', slot)).filter((rule) => rule.startsWith('ares-live-trader-'));
    const [btc, eth] = ['ares-live-trader-main-trend-btc-usdt-1m', 'ares-live-trader-main-trend-eth-usdt-1m'];
    expect(traders('main:trend:BTC/USDT:1m')).toEqual([btc]);
    expect(traders('main:trend:ETH/USDT:1m')).toEqual([eth]);
    expect(traders('other:trend:ETH/USDT:1m')).toEqual([]);
    expect(traders(null)).toEqual([btc, eth]);
  });

  it('can be replayed from an archive for a month', () => {
    expect(resourcesOf(paper, 'AWS::Events::Archive')).toMatchObject([{ RetentionDays: 30 }]);
  });

  it('that nobody could handle wait two weeks', () => {
    const dead = resourcesOf(paper, 'AWS::SQS::Queue').filter(({ QueueName }) => QueueName.endsWith('-dead-letters'));
    expect(dead).toHaveLength(functions.length + paperStage.slots.length);
    for (const { MessageRetentionPeriod } of dead) expect(MessageRetentionPeriod).toBe(14 * 24 * 3_600);
  });
});

describe('schedules', () => {
  it('come as often as the wiring table says, in the units that the Scheduler knows', () => {
    const rates = resourcesOf(paper, 'AWS::Scheduler::Schedule').map(({ Name, ScheduleExpression }) => [
      Name,
      ScheduleExpression,
    ]);
    expect(Object.fromEntries(rates)).toMatchObject({
      'ares-paper-analyze-market': 'rate(15 minutes)',
      'ares-paper-check-promotion': 'rate(1 hour)',
      'ares-paper-monitor-system': 'rate(1 minute)',
    });
    const scheduled = functions.filter(({ triggers }) => triggers.some(({ kind }) => kind === 'schedule'));
    expect(rates).toHaveLength(scheduled.length);
  });

  it('that are late are overtaken by the next', () => {
    const ages = resourcesOf(paper, 'AWS::Scheduler::Schedule').map(({ Name, Target }) => [
      Name,
      Target.RetryPolicy.MaximumEventAgeInSeconds,
    ]);
    expect(Object.fromEntries(ages)).toMatchObject({
      'ares-paper-monitor-system': 60,
      'ares-paper-analyze-market': 900,
    });
  });
});

describe('the outputs', () => {
  const outputsOf = ({ templates }: Synthesised): StackOutputs =>
    Object.fromEntries(
      Object.entries(templates).map(([stack, { Outputs = {} }]) => [
        stack,
        Object.fromEntries(
          // What is known only after deployment stands for itself; an address must be one.
          Object.entries(Outputs).map(([name, { Value }]) => [
            name,
            typeof Value === 'string' ? Value : name.includes('Url') ? 'https://example.com/queue' : `value-of-${name}`,
          ]),
        ),
      ]),
    );

  it('are an environment in which a trader of the stage can run', () => {
    const env = readEnv(envOfOutputs(outputsOf(paper)));
    expect(env).toMatchObject({
      ARES_STAGE: 'paper',
      ARES_MODE: 'paper',
      ARES_SLOT: ['main:trend:BTC/USDT:1m'],
      ARES_EXCHANGE_URL: 'https://testnet.binance.vision',
      ARES_KEYS_SECRET_PREFIX: 'ares-paper-keys',
      ARES_FUNCTION_PREFIX: 'ares-paper-',
    });
    const named = [
      'STATE_TABLE',
      'REGISTRY_TABLE',
      'AUDIT_TABLE',
      'MODEL_BUCKET',
      'ARTIFACT_BUCKET',
      'EVENT_BUS',
      'COMMAND_QUEUE_URL',
    ] as const;
    for (const name of [...named, 'ALERT_TOPIC_ARN', 'CIPHER_KEY_ARN'] as const)
      expect(env[`ARES_${name}`]).toBeTruthy();
    expect(env.ARES_INITIAL_SETTINGS).toMatchObject({ 'strategy.quoteBudget': '1000' });
  });

  it('give each slot its own queue', () => {
    const outputs = outputsOf(live);
    for (const slot of ['main:trend:BTC/USDT:1m', 'main:trend:ETH/USDT:1m'] as SlotId[])
      expect(envOfOutputs(outputs, slot)).toMatchObject({
        ARES_SLOT: slot,
        ARES_COMMAND_QUEUE_URL: expect.any(String),
      });
    expect(envOfOutputs(outputs)).not.toHaveProperty('ARES_COMMAND_QUEUE_URL');
  });
});
