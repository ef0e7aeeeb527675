import { functions as wiring } from '../../src/compose/wiring.ts';
import { AresError } from '../../src/core/ares-error.ts';
import { HOURS_A_MONTH } from './cost-line.ts';
import { numberOf, propertyOf, type Resource, targetOf } from './template.ts';

export interface DeployedFunction {
  /** Its name in the wiring table. */
  readonly name: string;
  readonly memoryMb: number;
  readonly arm: boolean;
  readonly traced: boolean;
  /** Runs a month that its schedules start. */
  readonly scheduledRuns: number;
}

/** What usage depends on in the synthesised templates. */
export interface Deployment {
  readonly functions: readonly DeployedFunction[];
  /** Traders: one a slot. */
  readonly traders: number;
  readonly leaseTtlMs: number;
  readonly heartbeatMs: number;
  readonly logRetentionDays: number;
  readonly archivesEvents: boolean;
  readonly throughNatGateway: boolean;
  readonly flowLogs: boolean;
}

const HOURS = { minute: 1 / 60, minutes: 1 / 60, hour: 1, hours: 1, day: 24, days: 24 } as const;

/** @throws AresError `TEMPLATE_INVALID` for anything but `rate(N unit)` */
export function runsAMonth(expression: string): number {
  const [, count = '', unit = ''] = /^rate\((\d+) (minutes?|hours?|days?)\)$/.exec(expression) ?? [];
  if (unit === '') {
    throw new AresError('TEMPLATE_INVALID', `a schedule must be rate(N unit) to be priced, was "${expression}"`);
  }
  return HOURS_A_MONTH / (Number(count) * HOURS[unit as keyof typeof HOURS]);
}

/** Functions that CDK adds for itself run at deployments only. */
const isOwn = (resource: Resource): boolean => typeof propertyOf(resource, 'FunctionName') === 'string';

function functionOf(resource: Resource, all: readonly Resource[]): DeployedFunction {
  const deployedName = String(propertyOf(resource, 'FunctionName'));
  const schedules = all.filter(
    (other) =>
      other.type === 'AWS::Scheduler::Schedule' &&
      other.stack === resource.stack &&
      targetOf(propertyOf(other, 'Target', 'Arn')) === resource.id &&
      propertyOf(other, 'State') !== 'DISABLED',
  );
  return {
    name: wiring.find(({ name }) => deployedName.endsWith(`-${name}`))?.name ?? deployedName,
    memoryMb: numberOf(resource, 'MemorySize') ?? 128,
    arm: propertyOf(resource, 'Architectures', 0) === 'arm64',
    traced: propertyOf(resource, 'TracingConfig', 'Mode') === 'Active',
    scheduledRuns: schedules.reduce((sum, each) => sum + runsAMonth(String(propertyOf(each, 'ScheduleExpression'))), 0),
  };
}

/** A variable of the traders' containers, the same for all. */
function traderNumber(all: readonly Resource[], name: string, otherwise: number): number {
  for (const task of all.filter(({ type }) => type === 'AWS::ECS::TaskDefinition')) {
    const environment = propertyOf(task, 'ContainerDefinitions', 0, 'Environment');
    const found = Array.isArray(environment) ? environment.find((variable) => variable?.Name === name) : undefined;
    if (found) return Number(found.Value);
  }
  return otherwise;
}

export function deploymentOf(resources: readonly Resource[]): Deployment {
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const retention = ofType('AWS::Logs::LogGroup').map((group) => numberOf(group, 'RetentionInDays') ?? 3_650);
  return {
    functions: ofType('AWS::Lambda::Function')
      .filter(isOwn)
      .map((each) => functionOf(each, resources)),
    traders: ofType('AWS::ECS::Service').reduce((sum, each) => sum + (numberOf(each, 'DesiredCount') ?? 1), 0),
    leaseTtlMs: traderNumber(resources, 'ARES_LEASE_TTL_MS', 10_000),
    heartbeatMs: traderNumber(resources, 'ARES_HEARTBEAT_MS', 1_000),
    logRetentionDays: Math.max(0, ...retention),
    archivesEvents: ofType('AWS::Events::Archive').length > 0,
    throughNatGateway: ofType('AWS::EC2::NatGateway').length > 0,
    flowLogs: ofType('AWS::EC2::FlowLog').length > 0,
  };
}
