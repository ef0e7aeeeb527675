import { beforeAll, describe, expect, test } from 'vitest';
import { egressPorts } from '../../infra/constructs/egress-ports.ts';
import { readEnv } from '../../src/compose/env.ts';
import type { StageConfig } from '../../src/compose/stage-config.ts';
import { seedConfig } from '../../src/core/config/seed-config.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import { createMemoryLedger } from '../support/memory-ledger.ts';
import { nothingComesIn } from './rules/network.ts';
import { ofType, refersTo, type Tree, treeOf } from './rules/tree.ts';
import { liveStage, paperStage } from './support/stages.ts';
import { synthesise } from './support/synthesise.ts';

const gatewayStage: StageConfig = {
  ...liveStage,
  egress: { kind: 'static', nat: 'gateway' },
  trader: {
    ...liveStage.trader,
    image: { from: 'registry', uri: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/ares/trader:1.4.0' },
  },
};
const otherStage: StageConfig = {
  ...paperStage,
  platform: 'x64',
  trader: { ...paperStage.trader, image: { from: 'registry', uri: 'registry.example/ares/trader:1.4.0' } },
};

let paper: Tree;
let live: Tree;
let gateway: Tree;
let other: Tree;
let outputs: Record<'paper' | 'live' | 'gateway', Readonly<Record<string, { readonly Value: unknown }>>>;

beforeAll(() => {
  const made = {
    paper: synthesise(paperStage),
    live: synthesise(liveStage),
    gateway: synthesise(gatewayStage),
    other: synthesise(otherStage),
  };
  const trading = (tree: Tree): Tree => tree.filter(({ stack }) => stack === 'trading');
  paper = trading(treeOf(made.paper));
  live = trading(treeOf(made.live));
  gateway = trading(treeOf(made.gateway));
  other = trading(treeOf(made.other));
  outputs = {
    paper: made.paper.templates.trading.Outputs ?? {},
    live: made.live.templates.trading.Outputs ?? {},
    gateway: made.gateway.templates.trading.Outputs ?? {},
  };
});

// biome-ignore lint/suspicious/noExplicitAny: a template is whatever CloudFormation takes.
type Properties = any;
const only = (tree: Tree, type: string): Properties => {
  const found = ofType(tree, type);
  expect(found).toHaveLength(1);
  return found[0]?.properties;
};
const containers = (tree: Tree): readonly Properties[] =>
  ofType(tree, 'AWS::ECS::TaskDefinition').map(({ properties }) => properties.ContainerDefinitions[0]);
const environmentOf = (container: Properties): Record<string, unknown> =>
  Object.fromEntries(container.Environment.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]));
const addressOf = (tree: Tree, values: Readonly<Record<string, { readonly Value: unknown }>>): boolean =>
  ofType(tree, 'AWS::EC2::EIP').some((address) => refersTo(values.AresEgressIp?.Value, address));

describe('the way out', () => {
  test('costs nothing by default: public subnets in two zones, no NAT, a public address for the task', () => {
    for (const type of ['AWS::EC2::NatGateway', 'AWS::EC2::Instance', 'AWS::EC2::EIP']) {
      expect(ofType(paper, type)).toEqual([]);
    }
    expect(ofType(paper, 'AWS::EC2::Subnet')).toHaveLength(2);
    const { AssignPublicIp, Subnets } = only(paper, 'AWS::ECS::Service').NetworkConfiguration.AwsvpcConfiguration;
    expect(AssignPublicIp).toBe('ENABLED');
    expect(Subnets).toHaveLength(2);
    expect(outputs.paper).not.toHaveProperty('AresEgressIp');
  });

  test('to the ledger and the models does not leave AWS and is not paid for', () => {
    for (const tree of [paper, live, gateway]) {
      const services = ofType(tree, 'AWS::EC2::VPCEndpoint').map(({ properties }) => properties);
      expect(services.map(({ VpcEndpointType }) => VpcEndpointType)).toEqual(['Gateway', 'Gateway']);
      expect(services.map(({ ServiceName }) => JSON.stringify(ServiceName)).sort()).toEqual([
        expect.stringContaining('dynamodb'),
        expect.stringContaining('s3'),
      ]);
      // In every route table that a trader may be behind.
      const tables = ofType(tree, 'AWS::EC2::RouteTable').length;
      for (const { RouteTableIds } of services) expect(RouteTableIds).toHaveLength(tables);
    }
  });

  test('is one lasting address where the stage says so, and the stack says which', () => {
    for (const [tree, values] of [
      [live, outputs.live],
      [gateway, outputs.gateway],
    ] as const) {
      expect(addressOf(tree, values)).toBe(true);
      for (const { properties } of ofType(tree, 'AWS::ECS::Service')) {
        expect(properties.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp).toBe('DISABLED');
      }
    }
  });

  test('through an instance: everything the trader sends, from the trader alone, through the lasting address', () => {
    const [instance] = ofType(live, 'AWS::EC2::Instance');
    if (!instance) throw new Error('there must be an instance');
    expect(instance.properties).toMatchObject({
      InstanceType: 't4g.nano',
      SourceDestCheck: false,
      MetadataOptions: { HttpTokens: 'required' },
      BlockDeviceMappings: [{ Ebs: { Encrypted: true } }],
    });
    expect(instance.properties).not.toHaveProperty('KeyName');
    expect(refersTo(only(live, 'AWS::EC2::EIPAssociation').InstanceId, instance)).toBe(true);
    const [attached] = ofType(live, 'AWS::EC2::EIPAssociation');
    for (const { resource } of ofType(live, 'AWS::ECS::Service')) expect(resource.DependsOn).toContain(attached?.id);
    const routes = ofType(live, 'AWS::EC2::Route').filter(({ properties }) =>
      refersTo(properties.InstanceId, instance),
    );
    expect(routes).toHaveLength(2);
    const [trader] = ofType(live, 'AWS::EC2::SecurityGroup').filter(({ id }) => id.includes('Trader'));
    const [nat] = ofType(live, 'AWS::EC2::SecurityGroup').filter(({ id }) => id.includes('Nat'));
    if (!trader || !nat) throw new Error('there must be a group for the trader and one for the NAT');
    const lets = [
      ...(nat.properties.SecurityGroupIngress ?? []),
      ...ofType(live, 'AWS::EC2::SecurityGroupIngress').map(({ properties }) => properties),
    ];
    expect(lets.map(({ FromPort }) => FromPort)).toEqual([443, 9443]);
    expect(lets.every(({ SourceSecurityGroupId }) => refersTo(SourceSecurityGroupId, trader))).toBe(true);
    expect(nothingComesIn(live)).toEqual([]);
  });

  test('through an instance that fails: somebody is told', () => {
    const alarm = only(live, 'AWS::CloudWatch::Alarm');
    expect(alarm).toMatchObject({ MetricName: 'StatusCheckFailed', TreatMissingData: 'breaching' });
    expect(refersTo(alarm.Dimensions, ofType(live, 'AWS::EC2::Instance')[0]!)).toBe(true);
    expect(ofType(gateway, 'AWS::CloudWatch::Alarm')).toEqual([]);
  });

  test('through a gateway: one, and no instance', () => {
    expect(ofType(gateway, 'AWS::EC2::NatGateway')).toHaveLength(1);
    expect(ofType(gateway, 'AWS::EC2::Instance')).toEqual([]);
  });

  test('is open by the ports of AWS and the exchange, and no other', () => {
    const ports = (tree: Tree) =>
      ofType(tree, 'AWS::EC2::SecurityGroup')
        .find(({ id }) => id.includes('Trader'))
        ?.properties.SecurityGroupEgress.map(({ FromPort, CidrIp }: Properties) => [FromPort, CidrIp]);
    expect(ports(paper)).toEqual([[443, '0.0.0.0/0']]);
    expect(ports(live)).toEqual([
      [443, '0.0.0.0/0'],
      [9443, '0.0.0.0/0'],
    ]);
    expect(egressPorts({ id: 'binance' })).toEqual([443, 9443]);
    expect(egressPorts({ id: 'binance', url: 'http://paper.example:8080', wsUrl: 'ws://paper.example' })).toEqual([
      80, 443, 8080,
    ]);
    expect(egressPorts({ id: 'binance', url: 'https://testnet.example', wsUrl: 'wss://testnet.example:9443' })).toEqual(
      [443, 9443],
    );
  });
});

describe('the trader on AWS', () => {
  test('has the size and the platform of the stage', () => {
    expect(only(paper, 'AWS::ECS::TaskDefinition')).toMatchObject({
      Cpu: '256',
      Memory: '512',
      RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
    });
    expect(only(other, 'AWS::ECS::TaskDefinition').RuntimePlatform.CpuArchitecture).toBe('X86_64');
    for (const { properties } of ofType(live, 'AWS::ECS::TaskDefinition')) {
      expect(properties).toMatchObject({ Cpu: '1024', Memory: '2048' });
    }
  });

  test('is one service a slot, each with its own slot, keys and commands', () => {
    const environments = containers(live).map(environmentOf);
    expect(environments.map(({ ARES_SLOT }) => ARES_SLOT)).toEqual([
      'main:trend:BTC/USDT:1m',
      'main:trend:ETH/USDT:1m',
    ]);
    const queues = environments.map(({ ARES_COMMAND_QUEUE_URL }) => JSON.stringify(ARES_COMMAND_QUEUE_URL));
    expect(new Set(queues).size).toBe(2);
    expect(ofType(live, 'AWS::ECS::Service').map(({ properties }) => properties.ServiceName)).toEqual([
      'ares-live-trader-main-trend-btc-usdt-1m',
      'ares-live-trader-main-trend-eth-usdt-1m',
    ]);
  });

  test('gets an environment that it can read, and nothing else', () => {
    for (const container of [...containers(paper), ...containers(live)]) {
      const environment = environmentOf(container);
      // What comes from another stack is known at the deployment only.
      const known = Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : name.endsWith('_URL') ? 'https://queue.example/q' : 'arn:or-name',
        ]),
      );
      const read = readEnv(known);
      for (const name of Object.keys(environment)) expect(read).toHaveProperty(name);
      expect(read).toMatchObject({ ARES_LEASE_TTL_MS: 30_000, ARES_HEARTBEAT_MS: 10_000, ARES_HEALTH_PORT: 8081 });
    }
    expect(environmentOf(containers(paper)[0])).toMatchObject({
      ARES_MODE: 'paper',
      ARES_EXCHANGE_URL: 'https://testnet.binance.vision',
    });
    expect(environmentOf(containers(live)[0])).not.toHaveProperty('ARES_EXCHANGE_URL');
  });

  test("begins with the stage's limits, which the live configuration takes", async () => {
    const { ARES_INITIAL_SETTINGS } = environmentOf(containers(live)[0]);
    const settings = readEnv({ ARES_INITIAL_SETTINGS: String(ARES_INITIAL_SETTINGS) }).ARES_INITIAL_SETTINGS ?? {};
    expect(settings).toMatchObject({
      'strategy.quoteBudget': '1000',
      'risk.maxOrderNotional': '500',
      'risk.maxPositionNotional': '1000',
      'risk.dailyLossFraction': 0.04,
      'risk.maxDrawdownFraction': 0.2,
    });
    const request = { stage: 'live', settings, now: epochMillis(1), sessionId: 'one' };
    expect(await seedConfig(request, { ledger: createMemoryLedger() })).toEqual({ outcome: 'seeded', version: 1 });
    // A beat that is late is no alarm; two that are missing are.
    expect(settings['monitoring.heartbeatAgeMs']).toBeGreaterThan(20_000);
  });

  test('has time to hand over before it is killed, and less than its lease lives', () => {
    const [container] = containers(paper);
    expect(container.StopTimeout).toBe(30);
  });

  test('may do what it does, and no more', () => {
    const policy = ofType(paper, 'AWS::IAM::Policy').find(({ id }) => id.includes('TaskRole'));
    const actions = policy?.properties.PolicyDocument.Statement.flatMap(({ Action }: Properties) => Action);
    expect([...new Set(actions)].sort()).toEqual([
      'dynamodb:BatchWriteItem',
      'dynamodb:ConditionCheckItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
      's3:GetObject',
      's3:ListBucket',
      'secretsmanager:GetSecretValue',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
    ]);
  });

  test('is started by a role that fetches its image and writes its log, and no more', () => {
    const actionsOf = (tree: Tree) =>
      ofType(tree, 'AWS::IAM::Policy')
        .filter(({ id }) => id.includes('ExecutionRole'))
        .flatMap(({ properties }) => properties.PolicyDocument.Statement.flatMap(({ Action }: Properties) => Action));
    const fetching = [
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:GetAuthorizationToken',
      'ecr:GetDownloadUrlForLayer',
    ];
    const logging = ['logs:CreateLogStream', 'logs:PutLogEvents'];
    expect([...new Set(actionsOf(paper))].sort()).toEqual([...fetching, ...logging]);
    expect([...new Set(actionsOf(gateway))].sort()).toEqual([...fetching, ...logging]);
    expect([...new Set(actionsOf(other))].sort()).toEqual(logging);
  });

  test("runs the image that the stage names: its own build, or a registry's", () => {
    expect(JSON.stringify(containers(paper)[0].Image)).toContain('container-assets');
    expect(containers(other)[0].Image).toBe('registry.example/ares/trader:1.4.0');
    expect(JSON.stringify(containers(gateway)[0].Image)).toMatch(/123456789012\.dkr\.ecr\..*\/ares\/trader:1\.4\.0/);
  });

  test('is not started before there is a way out', () => {
    const service = ofType(paper, 'AWS::ECS::Service')[0]!;
    const routes = ofType(paper, 'AWS::EC2::Route').map(({ id }) => id);
    expect(service.resource.DependsOn).toEqual(expect.arrayContaining(routes));
  });

  test('is deployed to watch the real market without trading on it', () => {
    const shadow = treeOf(synthesise({ ...paperStage, mode: 'shadow', exchange: { id: 'binance' } }));
    const environment = environmentOf(containers(shadow)[0]);
    expect(environment).toMatchObject({ ARES_MODE: 'shadow' });
    expect(environment).not.toHaveProperty('ARES_EXCHANGE_URL');
  });
});
