import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageConfig } from '../../src/compose/stage-config.ts';
import { lossLimits } from '../../src/compose/stage-limits.ts';
import { Dashboard } from '../constructs/dashboard.ts';
import { LedgerAlarms } from '../constructs/ledger-alarms.ts';
import { SlotAlarms } from '../constructs/slot-alarms.ts';
import { SystemAlarms } from '../constructs/system-alarms.ts';
import type { StateStack } from './state-stack.ts';
import type { TradingStack } from './trading-stack.ts';

export interface ObservabilityStackProps extends StackProps {
  readonly config: StageConfig;
  readonly state: StateStack;
  readonly trading: TradingStack;
}

/** What people look at and are woken by; built last, because its dashboard shows the alarms of all stacks. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, { config, state, trading, ...props }: ObservabilityStackProps) {
    super(scope, id, props);
    const { stage } = config;
    const { alerts: topic, ledger } = state;
    const tables = { state: ledger.state, registry: ledger.registry, audit: ledger.audit };
    const limits = lossLimits(config);
    const traders = [...trading.traders];
    const cluster = trading.clusterName;
    new SystemAlarms(this, 'System', { stage, topic });
    new LedgerAlarms(this, 'Ledger', { stage, tables, topic });
    for (const [slot, { name: service }] of traders) {
      new SlotAlarms(this, slot.replaceAll('/', '-'), { stage, slot, cluster, service, limits, topic });
    }
    const dashboard = new Dashboard(this, 'Dashboard', {
      config,
      slots: traders.map(([slot]) => slot),
      cluster,
      services: traders.map(([, { name }]) => name),
      tables,
    });
    new CfnOutput(this, 'AresDashboard', {
      value: `https://${this.region}.console.aws.amazon.com/cloudwatch/home?region=${this.region}#dashboards/dashboard/${dashboard.name}`,
    });
  }
}
