import { CfnOutput, Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { prefixOf, type StageConfig, slotIdOf } from '../../src/compose/stage-config.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import { acknowledge } from '../constructs/acknowledge.ts';
import type { CommandQueue } from '../constructs/command-queue.ts';
import { EgressNetwork } from '../constructs/egress-network.ts';
import { MoneyAlarm } from '../constructs/money-alarm.ts';
import { traderImage } from '../constructs/trader-image.ts';
import { TraderService } from '../constructs/trader-service.ts';
import type { StateStack } from './state-stack.ts';

const INSIGHTS =
  'Each of its metrics is paid for, several dollars a month for one task. The alarms need processor, memory and the number of tasks, and these come without it.';

export interface TradingStackProps extends StackProps {
  readonly config: StageConfig;
  readonly state: StateStack;
  /** The commands of each slot. */
  readonly commands: ReadonlyMap<SlotId, CommandQueue>;
  /** The directory that the trader's image is built from. */
  readonly imageContext: string;
}

/** Where orders come from: a network that only lets out, and one trader a slot. */
export class TradingStack extends Stack {
  readonly network: EgressNetwork;
  readonly traders: ReadonlyMap<SlotId, TraderService>;
  readonly clusterName: string;

  constructor(scope: Construct, id: string, { config, state, commands, imageContext, ...props }: TradingStackProps) {
    super(scope, id, props);
    this.network = new EgressNetwork(this, 'Network', { stage: config });
    this.clusterName = `ares-${config.stage}`;
    const cluster = new ecs.Cluster(this, 'Cluster', {
      clusterName: this.clusterName,
      vpc: this.network.vpc,
      containerInsightsV2: ecs.ContainerInsights.DISABLED,
    });
    acknowledge(cluster, 'AwsSolutions-ECS4', INSIGHTS);
    const image = traderImage(this, config, imageContext);
    this.traders = new Map(
      config.slots.map(({ account, ...rest }) => {
        const slot = slotIdOf({ account, ...rest });
        const trader = new TraderService(this, slot.replaceAll('/', '-'), {
          config,
          slot,
          cluster,
          network: this.network,
          image,
        });
        state.ledger.grantWrite(trader);
        state.models.grantRead(trader);
        state.exchangeKeys.grantRead(trader, account);
        const queue = commands.get(slot);
        if (!queue) throw new Error(`slot ${slot} must have a command queue, has none`);
        queue.grantConsume(trader);
        return [slot, trader] as const;
      }),
    );
    if (this.network.address) {
      new CfnOutput(this, 'AresEgressIp', {
        value: this.network.address,
        description: 'The address to lock the exchange keys to',
      });
    }
    if (this.network.natInstance) this.#watchNat(config, state, this.network.natInstance.instanceId);
  }

  /** The network asks for them even where it names its own: with an account in the stage that would be a look-up with credentials. */
  override get availabilityZones(): string[] {
    return [0, 1].map((at) => Fn.select(at, Fn.getAzs()));
  }

  #watchNat(config: StageConfig, state: StateStack, instanceId: string): void {
    new MoneyAlarm(this, 'NatFailed', {
      name: `${prefixOf(config)}way-out-failed`,
      metric: new Metric({
        namespace: 'AWS/EC2',
        metricName: 'StatusCheckFailed',
        dimensionsMap: { InstanceId: instanceId },
        statistic: 'Maximum',
        period: Duration.minutes(1),
      }),
      threshold: 1,
      periods: 3,
      missingData: 'breaching',
      impact: 'The trader reaches neither exchange nor ledger: nothing is traded, and an open position cannot be left.',
      runbook: '#aws-the-way-out-is-broken',
      topic: state.alerts,
    });
  }
}
