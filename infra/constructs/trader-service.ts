import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../../src/compose/stage-config.ts';
import { stageEnvironment } from '../../src/compose/stage-environment.ts';
import { initialSettings } from '../../src/compose/stage-limits.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import { acknowledge, EVERY_RESOURCE } from './acknowledge.ts';
import type { EgressNetwork } from './egress-network.ts';
import type { EnvName, Holder } from './holder.ts';
import { slotName } from './slot-name.ts';

/** How long the lease of a trader that vanished keeps its successor waiting. */
const LEASE_TTL_MS = 30_000;
const HEARTBEAT_MS = 10_000;
/** Three beats missed: one may be late. */
const HEARTBEAT_AGE_MS = 3 * HEARTBEAT_MS + 5_000;
/** It hands over its lease and leaves within nine seconds, or ends without; the deployment goes on as soon as it has. */
const STOP_TIMEOUT = Duration.seconds(30);
const HEALTH_PORT = 8081;
/** Waiting out a vanished trader's lease and recovering come before the first heartbeat. */
const START_PERIOD = Duration.seconds(120);

/** CPU in 1/1024 of a processor, memory in MB. */
const SIZES: Readonly<
  Record<StageConfig['trader']['size'], { readonly cpu: number; readonly memoryLimitMiB: number }>
> = {
  economy: { cpu: 256, memoryLimitMiB: 512 },
  'low-latency': { cpu: 1024, memoryLimitMiB: 2048 },
};

const NO_SECRETS =
  'Names, addresses and limits: what may not be read stands in Secrets Manager and is fetched by the trader itself.';

export interface TraderServiceProps {
  readonly config: StageConfig;
  readonly slot: SlotId;
  readonly cluster: ecs.ICluster;
  readonly network: EgressNetwork;
  readonly image: ecs.ContainerImage;
}

/** One task that trades one slot; never two, not even while a new one is deployed. */
export class TraderService extends Construct implements Holder {
  readonly grantPrincipal: iam.IPrincipal;
  /** The service's. */
  readonly name: string;
  readonly service: ecs.FargateService;
  readonly logGroup: logs.LogGroup;
  readonly #container: ecs.ContainerDefinition;

  constructor(scope: Construct, id: string, props: TraderServiceProps) {
    super(scope, id);
    const { config, network } = props;
    this.name = `ares-${config.stage}-trader-${slotName(props.slot)}`;
    this.logGroup = new logs.LogGroup(this, 'Log', {
      logGroupName: `/ares/${config.stage}/trader-${slotName(props.slot)}`,
      retention: config.logRetentionDays as logs.RetentionDays,
      // What counts is in the ledger.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const task = new ecs.FargateTaskDefinition(this, 'Task', {
      ...SIZES[config.trader.size],
      family: this.name,
      runtimePlatform: {
        cpuArchitecture: config.platform === 'arm64' ? ecs.CpuArchitecture.ARM64 : ecs.CpuArchitecture.X86_64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
    });
    this.grantPrincipal = task.taskRole;
    this.#container = this.#addContainer(task, props);
    acknowledge(task, 'AwsSolutions-ECS2', NO_SECRETS);
    acknowledge(
      task.obtainExecutionRole(),
      EVERY_RESOURCE,
      'ecr:GetAuthorizationToken knows no resource but all of them.',
    );
    this.service = new ecs.FargateService(this, 'Service', {
      serviceName: this.name,
      cluster: props.cluster,
      taskDefinition: task,
      desiredCount: 1,
      // The old trader stops and hands over its lease before the new one starts.
      minHealthyPercent: 0,
      maxHealthyPercent: 100,
      availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.DISABLED,
      circuitBreaker: { rollback: true },
      vpcSubnets: network.subnets,
      securityGroups: [network.securityGroup],
      assignPublicIp: network.assignPublicIp,
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    });
    // Without a way out it could not even fetch its image.
    this.service.node.addDependency(network.vpc.selectSubnets(network.subnets).internetConnectivityEstablished);
    if (network.addressAttached) this.service.node.addDependency(network.addressAttached);
  }

  addEnvironment(name: EnvName, value: string): void {
    this.#container.addEnvironment(name, value);
  }

  #addContainer(task: ecs.FargateTaskDefinition, { config, slot, image }: TraderServiceProps): ecs.ContainerDefinition {
    const linuxParameters = new ecs.LinuxParameters(this, 'Linux');
    linuxParameters.dropCapabilities(ecs.Capability.ALL);
    const settings = { ...initialSettings(config), 'monitoring.heartbeatAgeMs': HEARTBEAT_AGE_MS };
    const environment: Partial<Record<EnvName, string>> = {
      ...stageEnvironment(config),
      ARES_SLOT: slot,
      ARES_LEASE_TTL_MS: String(LEASE_TTL_MS),
      ARES_HEARTBEAT_MS: String(HEARTBEAT_MS),
      ARES_HEALTH_PORT: String(HEALTH_PORT),
      ARES_INITIAL_SETTINGS: JSON.stringify(settings),
    };
    return task.addContainer('trader', {
      containerName: 'trader',
      image,
      essential: true,
      user: '65532:65532',
      healthCheck: {
        // What the image's own line says, which ECS does not read.
        command: ['CMD', '/usr/local/bin/node', 'check-health.mjs', String(HEALTH_PORT)],
        interval: Duration.seconds(30),
        timeout: Duration.seconds(5),
        retries: 3,
        startPeriod: START_PERIOD,
      },
      environment: environment as Record<string, string>,
      linuxParameters,
      // The trader writes no file, not even a temporary one.
      readonlyRootFilesystem: true,
      stopTimeout: STOP_TIMEOUT,
      logging: ecs.LogDrivers.awsLogs({ logGroup: this.logGroup, streamPrefix: 'trader' }),
    });
  }
}
