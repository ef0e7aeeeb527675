import { beforeAll, describe, expect, test } from 'vitest';
import { namesFit, noNulls } from './rules/accepted.ts';
import { haveNamesOfTheStage, leadToTheRunbook, sayWhatItMeans, tellPeople } from './rules/alarms.ts';
import { withDefaultInput, withPlaceForLost, withRetryLimits } from './rules/deliveries.ts';
import {
  onNode24,
  onOnePlatform,
  traced,
  withBoundedAddress,
  withBoundedLogs,
  withDeadLetters,
  withErrorAlarm,
  withWatchedAddress,
} from './rules/functions.ts';
import { bucketsAreSafe, queuesAndTopicsAreSafe, secretsAndKeysAreSafe, tablesAreSafe } from './rules/kept-things.ts';
import { defaultGroupIsUnused, littleGoesOut, logsRefused, nothingComesIn } from './rules/network.ts';
import {
  auditIsNeverChanged,
  noHiddenFunctions,
  noManagedPolicies,
  nothingForbidden,
  noUnreasonedWildcards,
} from './rules/permissions.ts';
import { lockedDown, oneAtATime } from './rules/traders.ts';
import { type Rule, type Tree, treeOf } from './rules/tree.ts';
import { broken, without } from './support/broken-tree.ts';
import { runbookSections } from './support/runbook-sections.ts';
import { liveStage, paperStage } from './support/stages.ts';
import { type Synthesised, synthesise } from './support/synthesise.ts';

const stages = { paper: paperStage, live: liveStage } as const;
const made = {} as Record<keyof typeof stages, Synthesised>;
const trees = {} as Record<keyof typeof stages, Tree>;

beforeAll(() => {
  for (const name of ['paper', 'live'] as const) {
    made[name] = synthesise(stages[name]);
    trees[name] = treeOf(made[name]);
  }
});

const FUNCTION = 'AWS::Lambda::Function';
const POLICY = 'AWS::IAM::Policy';
const allow = (Action: string, Resource: unknown) => ({ Effect: 'Allow', Action, Resource });

type Break = (tree: Tree) => Tree;

/** Each promise with its rule, and ways to break it that the rule must notice. */
const promises: readonly { readonly promise: string; readonly rule: Rule; readonly breaks: readonly Break[] }[] = [
  {
    promise: 'CloudFormation takes every template: there is no null in it',
    rule: noNulls,
    breaks: [
      (tree) =>
        broken(tree, 'AWS::Events::Rule', (rule) => (rule.EventPattern = { detail: { metadata: { slot: [null] } } })),
    ],
  },
  {
    promise: 'no name is longer than AWS takes',
    rule: namesFit,
    breaks: [
      (tree) => broken(tree, FUNCTION, (fn) => (fn.FunctionName = 'f'.repeat(65))),
      (tree) => broken(tree, 'AWS::Events::Rule', (rule) => (rule.Name = 'r'.repeat(65))),
      (tree) => broken(tree, 'AWS::Scheduler::Schedule', (schedule) => (schedule.Name = 's'.repeat(65))),
      (tree) => broken(tree, 'AWS::SQS::Queue', (queue) => (queue.QueueName = 'q'.repeat(81))),
    ],
  },
  {
    promise: 'every function runs on Node 24',
    rule: onNode24,
    breaks: [(tree) => broken(tree, FUNCTION, (fn) => (fn.Runtime = 'nodejs22.x'))],
  },
  {
    promise: 'functions, layer and trader run on arm64',
    rule: onOnePlatform('arm64'),
    breaks: [
      (tree) => broken(tree, FUNCTION, (fn) => delete fn.Architectures),
      (tree) => broken(tree, 'AWS::Lambda::LayerVersion', (layer) => (layer.CompatibleArchitectures = ['x86_64'])),
      (tree) => broken(tree, 'AWS::ECS::TaskDefinition', (task) => delete task.RuntimePlatform),
    ],
  },
  {
    promise: 'every function is traced',
    rule: traced,
    breaks: [(tree) => broken(tree, FUNCTION, (fn) => (fn.TracingConfig.Mode = 'PassThrough'), 2)],
  },
  {
    promise: 'every function has a dead-letter queue with an alarm, and limits on what it is invoked with',
    rule: withDeadLetters,
    breaks: [
      (tree) => broken(tree, 'AWS::Lambda::EventInvokeConfig', (config) => delete config.DestinationConfig),
      (tree) => broken(tree, 'AWS::Lambda::EventInvokeConfig', (config) => delete config.MaximumEventAgeInSeconds),
      (tree) =>
        tree.filter(
          ({ properties }) =>
            !/DeadLettersQueue/.test(JSON.stringify(properties.Dimensions ?? 0)) || !properties.Threshold,
        ),
    ],
  },
  {
    promise: 'every function has an alarm over its errors',
    rule: withErrorAlarm,
    breaks: [
      (tree) =>
        tree.filter(({ properties }) => !(properties.MetricName === 'Errors' && /monitor/.test(properties.AlarmName))),
    ],
  },
  {
    promise: 'every function with an address has an alarm over its answers of 500 and one over refused starts',
    rule: withWatchedAddress,
    breaks: [
      (tree) => tree.filter(({ properties }) => properties.MetricName !== 'Url5xxCount'),
      (tree) => tree.filter(({ properties }) => !/serve-registry-throttled/.test(properties.AlarmName)),
    ],
  },
  {
    promise:
      'what anybody can start leaves the other functions their part of the limit, and asks AWS for no page’s origin',
    rule: withBoundedAddress,
    breaks: [
      (tree) =>
        tree.map((placed) =>
          placed.properties.FunctionName?.endsWith?.('serve-registry')
            ? { ...placed, properties: { ...placed.properties, ReservedConcurrentExecutions: undefined } }
            : placed,
        ),
      (tree) => broken(tree, 'AWS::Lambda::Url', (url) => (url.Cors = { AllowOrigins: ['*'] })),
      (tree) => broken(tree, 'AWS::Lambda::Url', (url) => (url.InvokeMode = 'RESPONSE_STREAM')),
    ],
  },
  {
    promise: 'every log group is kept for a limited time, and functions and traders write to none but these',
    rule: withBoundedLogs,
    breaks: [
      (tree) => broken(tree, 'AWS::Logs::LogGroup', (group) => delete group.RetentionInDays),
      (tree) => broken(tree, FUNCTION, (fn) => delete fn.LoggingConfig),
      (tree) =>
        broken(tree, 'AWS::ECS::TaskDefinition', (task) => delete task.ContainerDefinitions[0].LogConfiguration),
    ],
  },
  {
    promise: 'every rule, schedule and event source tries a limited number of times for a limited time',
    rule: withRetryLimits,
    breaks: [
      (tree) => broken(tree, 'AWS::Events::Rule', (rule) => delete rule.Targets[0].RetryPolicy),
      (tree) => broken(tree, 'AWS::Scheduler::Schedule', (schedule) => delete schedule.Target.RetryPolicy),
      (tree) => broken(tree, 'AWS::Lambda::EventSourceMapping', (source) => delete source.MaximumRecordAgeInSeconds),
      (tree) => broken(tree, 'AWS::Lambda::EventSourceMapping', (source) => delete source.BisectBatchOnFunctionError),
    ],
  },
  {
    promise: 'what a rule, schedule, event source or queue cannot deliver is kept',
    rule: withPlaceForLost,
    breaks: [
      (tree) => broken(tree, 'AWS::Events::Rule', (rule) => delete rule.Targets[0].DeadLetterConfig),
      (tree) => broken(tree, 'AWS::Scheduler::Schedule', (schedule) => delete schedule.Target.DeadLetterConfig),
      (tree) => broken(tree, 'AWS::Lambda::EventSourceMapping', (source) => delete source.DestinationConfig),
      (tree) =>
        tree.map((placed) =>
          placed.properties.RedrivePolicy
            ? { ...placed, properties: { ...placed.properties, RedrivePolicy: undefined } }
            : placed,
        ),
    ],
  },
  {
    promise: 'every schedule hands on the time it stands for',
    rule: withDefaultInput,
    breaks: [(tree) => broken(tree, 'AWS::Scheduler::Schedule', (schedule) => (schedule.Target.Input = '{}'))],
  },
  {
    promise: 'every bucket takes TLS only, is encrypted, private and versioned, and outlives its stack',
    rule: bucketsAreSafe,
    breaks: [
      (tree) => without(tree, 'AWS::S3::BucketPolicy'),
      (tree) => broken(tree, 'AWS::S3::Bucket', (bucket) => delete bucket.BucketEncryption),
      (tree) =>
        broken(tree, 'AWS::S3::Bucket', (bucket) => (bucket.PublicAccessBlockConfiguration.BlockPublicPolicy = false)),
      (tree) => broken(tree, 'AWS::S3::Bucket', (bucket) => delete bucket.VersioningConfiguration),
      (tree) => broken(tree, 'AWS::S3::Bucket', (bucket) => delete bucket.LifecycleConfiguration),
      (tree) => broken(tree, 'AWS::S3::Bucket', (_, resource) => (resource.UpdateReplacePolicy = 'Delete')),
    ],
  },
  {
    promise: 'every queue and topic takes TLS only and is encrypted',
    rule: queuesAndTopicsAreSafe,
    breaks: [
      (tree) => broken(tree, 'AWS::SQS::QueuePolicy', (policy) => (policy.PolicyDocument.Statement = [])),
      (tree) => without(tree, 'AWS::SNS::TopicPolicy'),
      (tree) => broken(tree, 'AWS::SQS::Queue', (queue) => (queue.SqsManagedSseEnabled = false)),
      (tree) => broken(tree, 'AWS::SNS::Topic', (topic) => delete topic.KmsMasterKeyId),
    ],
  },
  {
    promise: 'every table is restorable to any moment, protected, encrypted, and outlives its stack',
    rule: tablesAreSafe,
    breaks: [
      (tree) => broken(tree, 'AWS::DynamoDB::Table', (table) => delete table.PointInTimeRecoverySpecification, 1),
      (tree) => broken(tree, 'AWS::DynamoDB::Table', (table) => (table.DeletionProtectionEnabled = false), 2),
      (tree) => broken(tree, 'AWS::DynamoDB::Table', (_, resource) => (resource.DeletionPolicy = 'Delete')),
      (tree) => broken(tree, 'AWS::DynamoDB::Table', (table) => delete table.SSESpecification),
    ],
  },
  {
    promise: 'every secret and key outlives its stack, and keys change their material',
    rule: secretsAndKeysAreSafe,
    breaks: [
      (tree) => broken(tree, 'AWS::SecretsManager::Secret', (_, resource) => delete resource.DeletionPolicy),
      (tree) => broken(tree, 'AWS::SecretsManager::Secret', (secret) => delete secret.KmsKeyId),
      (tree) => broken(tree, 'AWS::KMS::Key', (key) => (key.EnableKeyRotation = false)),
      (tree) => broken(tree, 'AWS::KMS::Key', (_, resource) => (resource.DeletionPolicy = 'Delete')),
    ],
  },
  {
    promise: 'no role may do everything, or something to everything, without a written reason',
    rule: noUnreasonedWildcards,
    breaks: [
      (tree) => broken(tree, POLICY, (policy) => policy.PolicyDocument.Statement.push(allow('s3:*', 'arn:aws:s3:::x'))),
      (tree) => broken(tree, POLICY, (policy) => policy.PolicyDocument.Statement.push(allow('s3:GetObject', '*'))),
      (tree) =>
        broken(tree, POLICY, (policy) =>
          policy.PolicyDocument.Statement.push(allow('s3:GetObject', { 'Fn::Join': ['', [{ Ref: 'Models' }, '/*']] })),
        ),
      (tree) =>
        broken(
          tree,
          'AWS::IAM::Role',
          (role) => (role.Policies = [{ PolicyDocument: { Statement: [allow('kms:Decrypt', '*')] } }]),
        ),
    ],
  },
  {
    promise: 'no role may delete a table, a model or a key, nor a version of an artifact',
    rule: nothingForbidden,
    breaks: [
      (tree) =>
        broken(tree, POLICY, (policy) => policy.PolicyDocument.Statement.push(allow('s3:DeleteObject', 'arn:x'))),
      (tree) =>
        broken(tree, POLICY, (policy) => {
          const below = (prefix: string) => ({ 'Fn::Join': ['', [{ 'Fn::ImportValue': 'bucket' }, prefix]] });
          const both = [below('/artifacts/*'), below('/models/*')];
          policy.PolicyDocument.Statement.push({ ...allow('s3:DeleteObject', both) });
        }),
      (tree) =>
        broken(tree, POLICY, (policy) => {
          const artifacts = { 'Fn::Join': ['', [{ 'Fn::ImportValue': 'bucket' }, '/artifacts/*']] };
          policy.PolicyDocument.Statement.push(allow('s3:DeleteObjectVersion', artifacts));
        }),
    ],
  },
  {
    promise: 'no role may change or delete what stands in the audit table',
    rule: auditIsNeverChanged,
    breaks: [
      (tree) =>
        broken(tree, POLICY, (policy) =>
          policy.PolicyDocument.Statement.push(
            allow('dynamodb:DeleteItem', { 'Fn::ImportValue': 'x:ExportsOutputFnGetAttLedgerAuditArn' }),
          ),
        ),
    ],
  },
  {
    promise: "no role has one of AWS's own broad policies",
    rule: noManagedPolicies,
    breaks: [
      (tree) => broken(tree, 'AWS::IAM::Role', (role) => (role.ManagedPolicyArns = ['arn:aws:iam::aws:policy/x'])),
    ],
  },
  {
    promise: 'nothing is made by a function that stands in no table',
    rule: noHiddenFunctions,
    breaks: [
      (tree) => tree.map((placed, at) => (at === 0 ? { ...placed, type: 'Custom::VpcRestrictDefaultSG' } : placed)),
    ],
  },
  {
    promise: 'every alarm says what it means for the money',
    rule: sayWhatItMeans,
    breaks: [
      (tree) => broken(tree, 'AWS::CloudWatch::Alarm', (alarm) => delete alarm.AlarmDescription),
      (tree) =>
        broken(tree, 'AWS::CloudWatch::Alarm', (alarm) => (alarm.AlarmDescription = ' What to do: docs/runbook.md#x')),
    ],
  },
  {
    promise: 'every alarm leads to a section of the runbook that is there',
    rule: leadToTheRunbook(runbookSections()),
    breaks: [
      (tree) =>
        broken(tree, 'AWS::CloudWatch::Alarm', (alarm) => (alarm.AlarmDescription += '-that-nobody-has-written')),
    ],
  },
  {
    promise: 'every alarm tells people when it begins and when it ends',
    rule: tellPeople,
    breaks: [
      (tree) => broken(tree, 'AWS::CloudWatch::Alarm', (alarm) => delete alarm.AlarmActions, 1),
      (tree) => broken(tree, 'AWS::CloudWatch::Alarm', (alarm) => (alarm.OKActions = []), 2),
      (tree) => broken(tree, 'AWS::CloudWatch::Alarm', (alarm) => (alarm.ActionsEnabled = false), 3),
      (tree) => broken(tree, 'AWS::CloudWatch::Alarm', (alarm) => delete alarm.TreatMissingData, 4),
    ],
  },
  {
    promise: 'nobody gets in',
    rule: nothingComesIn,
    breaks: [
      (tree) =>
        broken(
          tree,
          'AWS::EC2::SecurityGroup',
          (group) => (group.SecurityGroupIngress = [{ CidrIp: '10.0.0.0/8', IpProtocol: 'tcp' }]),
        ),
      (tree) =>
        tree.map((placed) =>
          placed.type === 'AWS::EC2::SecurityGroup' && placed.id.includes('Trader')
            ? {
                ...placed,
                properties: {
                  ...placed.properties,
                  SecurityGroupIngress: [{ SourceSecurityGroupId: 'sg-1', IpProtocol: 'tcp' }],
                },
              }
            : placed,
        ),
    ],
  },
  {
    promise: 'only what is needed gets out',
    rule: littleGoesOut,
    breaks: [
      (tree) =>
        broken(tree, 'AWS::EC2::SecurityGroup', (group) => group.SecurityGroupEgress.push({ IpProtocol: '-1' })),
      (tree) => broken(tree, 'AWS::EC2::SecurityGroup', (group) => delete group.SecurityGroupEgress),
    ],
  },
  {
    promise: "nothing is in the network's default group",
    rule: defaultGroupIsUnused,
    breaks: [
      (tree) =>
        broken(
          tree,
          'AWS::ECS::Service',
          (service) =>
            (service.NetworkConfiguration.AwsvpcConfiguration.SecurityGroups = [
              { 'Fn::GetAtt': ['Vpc', 'DefaultSecurityGroup'] },
            ]),
        ),
    ],
  },
  {
    promise: 'refused packets are logged',
    rule: logsRefused,
    breaks: [(tree) => without(tree, 'AWS::EC2::FlowLog')],
  },
  {
    promise: 'one task trades a slot, also while it is replaced',
    rule: oneAtATime,
    breaks: [
      (tree) => broken(tree, 'AWS::ECS::Service', (service) => (service.DeploymentConfiguration.MaximumPercent = 200)),
      (tree) => broken(tree, 'AWS::ECS::Service', (service) => delete service.AvailabilityZoneRebalancing),
      (tree) => broken(tree, 'AWS::ECS::Service', (service) => (service.DesiredCount = 2)),
      (tree) =>
        broken(
          tree,
          'AWS::ECS::Service',
          (service) => (service.DeploymentConfiguration.DeploymentCircuitBreaker.Rollback = false),
        ),
      (tree) => broken(tree, 'AWS::ECS::Service', (service) => (service.EnableExecuteCommand = true)),
    ],
  },
  {
    promise: 'the trader is not root, writes nothing, holds no secret, and has time to hand over',
    rule: lockedDown,
    breaks: [
      (tree) =>
        broken(
          tree,
          'AWS::ECS::TaskDefinition',
          (task) => (task.ContainerDefinitions[0].ReadonlyRootFilesystem = false),
        ),
      (tree) => broken(tree, 'AWS::ECS::TaskDefinition', (task) => (task.ContainerDefinitions[0].User = 'root')),
      (tree) => broken(tree, 'AWS::ECS::TaskDefinition', (task) => delete task.ContainerDefinitions[0].LinuxParameters),
      (tree) => broken(tree, 'AWS::ECS::TaskDefinition', (task) => delete task.ContainerDefinitions[0].HealthCheck),
      (tree) => broken(tree, 'AWS::ECS::TaskDefinition', (task) => (task.ContainerDefinitions[0].StopTimeout = 2)),
      (tree) =>
        broken(tree, 'AWS::ECS::TaskDefinition', (task) =>
          task.ContainerDefinitions[0].Environment.push({ Name: 'BINANCE_APIKEY', Value: 'x' }),
        ),
    ],
  },
];

describe.each(['paper', 'live'] as const)('in the %s stage', (name) => {
  test.each(promises)('$promise', ({ rule }) => {
    expect(rule(trees[name])).toEqual([]);
  });

  test('every alarm has a name of its own that the topic lets in', () => {
    expect(haveNamesOfTheStage(`ares-${name}-`)(trees[name])).toEqual([]);
  });

  test('what holds money or memory is in a stack that is protected from deletion', () => {
    expect(made[name].stacks.state.terminationProtection).toBe(true);
    const kept = trees[name].filter(({ resource }) => resource.DeletionPolicy?.startsWith('Retain'));
    expect(new Set(kept.map(({ stack }) => stack))).toEqual(new Set(['state']));
  });
});

test('the longest names of a stage and a slot still fit', () => {
  const slot = { account: 'a'.repeat(20), strategy: 's'.repeat(20), symbol: 'BTC/USDT', timeframe: '15m' };
  const longest = synthesise({ ...paperStage, stage: 'a-very-long-name', slots: [slot] });
  expect(namesFit(treeOf(longest))).toEqual([]);
});

describe('a rule of the construct tree notices when it is broken:', () => {
  const cases = promises.flatMap(({ promise, rule, breaks }) =>
    breaks.map((spoil, at) => ({ what: `${promise} (${at + 1})`, rule, spoil })),
  );

  test.each(cases)('$what', ({ rule, spoil }) => {
    expect(rule(spoil(trees.live))).not.toEqual([]);
  });

  test('alarms of one name, or of another stage', () => {
    const renamed = broken(trees.live, 'AWS::CloudWatch::Alarm', (alarm) => (alarm.AlarmName = 'ares-paper-x'));
    expect(haveNamesOfTheStage('ares-live-')(renamed)).toEqual(['alarm ares-paper-x must begin with ares-live-']);
    expect(haveNamesOfTheStage('ares-live-')([...trees.live, ...trees.live])).not.toEqual([]);
  });
});
