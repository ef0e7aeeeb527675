import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, it } from 'vitest';
import { EventBusOfAres } from '../../infra/constructs/event-bus-of-ares.ts';
import { EventFunction } from '../../infra/constructs/event-function.ts';
import { slotName } from '../../infra/constructs/slot-name.ts';
import { StateStack } from '../../infra/stacks/state-stack.ts';
import type { StageConfig } from '../../src/compose/stage-config.ts';
import type { FunctionWiring } from '../../src/compose/wiring.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import { placeholderAssets } from './support/placeholder-assets.ts';
import { paperStage } from './support/stages.ts';

const assets = placeholderAssets();
afterAll(() => assets.remove());

const row: FunctionWiring = {
  name: 'sample',
  about: 'A row of a table.',
  triggers: [{ kind: 'schedule', rate: 'rate(120 seconds)', clock: 'wall' }],
  grants: {},
  memoryMb: 128,
  timeoutSeconds: 3,
  maxAttempts: 1,
  errorImpact: 'Nothing at all: it is only a sample, and nobody trades by it.',
  alarmAfterErrors: 7,
};

function templateOf(changed: Partial<FunctionWiring>, stage: Partial<StageConfig> = {}): Template {
  const config = { ...paperStage, ...stage };
  const app = new App({ analyticsReporting: false });
  const env = { region: config.region, account: '123456789012' };
  const state = new StateStack(app, 'state', { config, env });
  const stack = new Stack(app, 'functions', { env });
  const bus = new EventBusOfAres(stack, 'Events', { name: 'bus', archiveDays: 1 });
  const bundle = assets.functionBundle('sample');
  const { ledger, alerts } = state;
  new EventFunction(stack, 'sample', { row: { ...row, ...changed }, config, bundle, layers: [], bus, ledger, alerts });
  return Template.fromStack(stack);
}

describe('a function of the wiring table', () => {
  it('runs alone where a single writer is meant, unless the account cannot reserve that', () => {
    const reserved = (template: Template) =>
      Object.values(template.findResources('AWS::Lambda::Function')).map(
        ({ Properties }) => Properties.ReservedConcurrentExecutions,
      );
    expect(reserved(templateOf({ singleWriter: true }))).toEqual([1]);
    expect(reserved(templateOf({ singleWriter: true }, { reserveConcurrency: false }))).toEqual([undefined]);
    expect(reserved(templateOf({}))).toEqual([undefined]);
  });

  it('runs on the platform of the stage', () => {
    templateOf({}, { platform: 'x64' }).hasResourceProperties('AWS::Lambda::Function', { Architectures: ['x86_64'] });
  });

  it('tells people after as many errors as its row says, and what they mean', () => {
    templateOf({}).hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'Errors',
      Threshold: 7,
      AlarmDescription: `${row.errorImpact} What to do: docs/runbook.md#aws-a-function-fails`,
    });
  });

  it('starts in whole minutes, and is refused where its rate is none', () => {
    templateOf({}).hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(2 minutes)' });
    const uneven = () => templateOf({ triggers: [{ kind: 'schedule', rate: 'rate(90 seconds)', clock: 'wall' }] });
    expect(uneven).toThrow('schedule must be a whole number of minutes on AWS, was rate(90 seconds)');
  });

  it('keeps two rules and two schedules apart', () => {
    const schedule = { kind: 'schedule', rate: 'rate(1 hour)', clock: 'wall' } as const;
    const template = templateOf({ triggers: [schedule, schedule] });
    const names = Object.values(template.findResources('AWS::Scheduler::Schedule')).map(
      ({ Properties }) => Properties.Name,
    );
    expect(new Set(names).size).toBe(2);
  });

  it('hears of new items of the outbox only, and isolates a bad one', () => {
    templateOf({ triggers: [{ kind: 'outbox' }] }).hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRecordAgeInSeconds: 300,
      MaximumRetryAttempts: 0,
      StartingPosition: 'TRIM_HORIZON',
      FilterCriteria: {
        Filters: [{ Pattern: '{"eventName":["INSERT"],"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"~outbox#"}]}}}}' }],
      },
    });
  });
});

describe('the name of a slot on AWS', () => {
  it('is short and its own, however long the slot’s id', () => {
    const long = (symbol: string) => slotName(`account-with-a-name:strategy-with-a-long-name:${symbol}:15m` as SlotId);
    expect(slotName('main:trend:BTC/USDT:1m' as SlotId)).toBe('main-trend-btc-usdt-1m');
    expect(long('BTC/USDT')).toMatch(/^[a-z0-9-]{35}$/);
    expect(long('BTC/USDT')).not.toBe(long('ETH/USDT'));
  });
});
