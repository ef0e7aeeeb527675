import type { PriceId } from './aws-prices.ts';
import { type CostLine, HOURS_A_MONTH } from './cost-line.ts';
import { numberOf, propertyOf, type Resource, targetOf } from './template.ts';

/** What deployed resources cost by being there. */
export interface StandingCosts {
  readonly lines: readonly CostLine[];
  /** Types nobody has told this program about: they may cost something, and are in no total. */
  readonly notPriced: readonly { readonly type: string; readonly resources: readonly string[] }[];
}

type Pricer = (resource: Resource, all: readonly Resource[]) => readonly CostLine[] | 'unknown';

const idle = (what: string, price: PriceId, usage: number, how: string): CostLine => ({
  what,
  price,
  usage,
  basis: 'idle',
  how,
});

const named = (resource: Resource): string => `${resource.stack}/${resource.id}`;

function service(resource: Resource, all: readonly Resource[]): readonly CostLine[] | 'unknown' {
  const id = targetOf(propertyOf(resource, 'TaskDefinition'));
  const task = all.find((other) => other.stack === resource.stack && other.id === id);
  const cpu = task && numberOf(task, 'Cpu');
  const memory = task && numberOf(task, 'Memory');
  if (!task || cpu === undefined || memory === undefined) return 'unknown';
  const tasks = numberOf(resource, 'DesiredCount') ?? 1;
  const arm = propertyOf(task, 'RuntimePlatform', 'CpuArchitecture') === 'ARM64';
  const hours = tasks * HOURS_A_MONTH;
  const ownAddress =
    propertyOf(resource, 'NetworkConfiguration', 'AwsvpcConfiguration', 'AssignPublicIp') === 'ENABLED';
  return [
    idle(
      "Trader's processor",
      arm ? 'fargateVcpuArm' : 'fargateVcpuX86',
      (cpu / 1_024) * hours,
      `${tasks} × ${cpu / 1_024} vCPU × ${HOURS_A_MONTH} h`,
    ),
    idle(
      "Trader's memory",
      arm ? 'fargateGbArm' : 'fargateGbX86',
      (memory / 1_024) * hours,
      `${tasks} × ${memory / 1_024} GB × ${HOURS_A_MONTH} h`,
    ),
    ...(ownAddress ? [idle("Trader's public address", 'publicAddress', hours, `${tasks} × ${HOURS_A_MONTH} h`)] : []),
  ];
}

/** An alarm on an expression pays for each metric in it. */
function alarm(resource: Resource): readonly CostLine[] {
  const metrics = propertyOf(resource, 'Metrics');
  const stats = Array.isArray(metrics) ? metrics.filter((metric) => metric?.MetricStat !== undefined) : [undefined];
  const periods = stats.map((metric) => Number(metric?.MetricStat?.Period ?? numberOf(resource, 'Period') ?? 60));
  const fast = periods.some((seconds) => seconds < 60);
  return [idle('Alarms', fast ? 'fastAlarm' : 'alarm', stats.length, `${stats.length}`)];
}

function instance(resource: Resource): readonly CostLine[] | 'unknown' {
  if (propertyOf(resource, 'InstanceType') !== 't4g.nano') return 'unknown';
  // Amazon Linux brings a volume of 8 GB where the template names no size.
  const gigabytes = numberOf(resource, 'BlockDeviceMappings', 0, 'Ebs', 'VolumeSize') ?? 8;
  return [
    idle('NAT instance', 't4gNano', HOURS_A_MONTH, `1 × ${HOURS_A_MONTH} h`),
    idle("NAT instance's disk", 'gp3', gigabytes, `${gigabytes} GB`),
  ];
}

/** One of something that costs the same whatever it looks like. */
const one =
  (what: string, price: PriceId, usage = 1): Pricer =>
  () => [idle(what, price, usage, usage === 1 ? '1' : `1 × ${usage} h`)];

const pricers: Readonly<Record<string, Pricer>> = {
  'AWS::ECS::Service': service,
  'AWS::EC2::EIP': one('Lasting address', 'publicAddress', HOURS_A_MONTH),
  'AWS::EC2::NatGateway': one('NAT gateway', 'natGatewayHour', HOURS_A_MONTH),
  'AWS::EC2::Instance': instance,
  'AWS::KMS::Key': one('Encryption keys', 'kmsKey'),
  'AWS::SecretsManager::Secret': one('Secrets', 'secret'),
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::CompositeAlarm': one('Alarms', 'compositeAlarm'),
  'AWS::CloudWatch::Dashboard': one('Dashboards', 'dashboard'),
};

/** Cost by use, which {@link usageCosts} computes, or nothing at all. */
const BY_USE = [
  'AWS::DynamoDB::Table',
  'AWS::EC2::FlowLog',
  'AWS::Events::Archive',
  'AWS::Events::EventBus',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SNS::Topic',
  'AWS::SQS::Queue',
  'AWS::Scheduler::Schedule',
];
const WITHOUT_CHARGE = [
  'AWS::CDK::Metadata',
  'AWS::EC2::EIPAssociation',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::NetworkAcl',
  'AWS::EC2::Route',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::Subnet',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::ECS::Cluster',
  'AWS::ECS::ClusterCapacityProviderAssociations',
  'AWS::ECS::TaskDefinition',
  'AWS::Events::EventBusPolicy',
  'AWS::Events::Rule',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Url',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::SecretsManager::ResourcePolicy',
];
const known = new Set([...BY_USE, ...WITHOUT_CHARGE]);

/** Gateway endpoints are free, interface endpoints are paid by the hour: those nobody here has a price for. */
const isFree = (resource: Resource): boolean =>
  known.has(resource.type) ||
  (resource.type === 'AWS::EC2::VPCEndpoint' && propertyOf(resource, 'VpcEndpointType') === 'Gateway');

/** Prices each resource, or names it: nothing counts as free because it is not known. */
export function standingCosts(resources: readonly Resource[]): StandingCosts {
  const lines: CostLine[] = [];
  const notPriced = new Map<string, string[]>();
  for (const resource of resources) {
    if (isFree(resource)) continue;
    const priced = pricers[resource.type]?.(resource, resources) ?? 'unknown';
    if (priced === 'unknown') {
      notPriced.set(resource.type, [...(notPriced.get(resource.type) ?? []), named(resource)]);
    } else {
      lines.push(...priced);
    }
  }
  return {
    lines: mergeLines(lines),
    notPriced: [...notPriced].map(([type, names]) => ({ type, resources: names })),
  };
}

/** One line for all resources of a kind. */
function mergeLines(lines: readonly CostLine[]): readonly CostLine[] {
  return [...Map.groupBy(lines, ({ what, price }) => `${what}|${price}`).values()].map((group) => {
    const [first] = group as [CostLine];
    const usage = group.reduce((sum, line) => sum + line.usage, 0);
    const hows = [...new Set(group.map(({ how }) => how))];
    const same = group.length > 1 ? `${group.length} × ${first.how}` : first.how;
    return { ...first, usage, how: hows.length === 1 ? same : `${usage} of ${group.length} resources` };
  });
}
