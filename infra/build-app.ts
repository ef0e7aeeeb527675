import type { App } from 'aws-cdk-lib';
import { prefixOf, type StageConfig } from '../src/compose/stage-config.ts';
import { type Assets, builtAssets } from './assets.ts';
import { FunctionsStack } from './stacks/functions-stack.ts';
import { ObservabilityStack } from './stacks/observability-stack.ts';
import { StateStack } from './stacks/state-stack.ts';
import { TradingStack } from './stacks/trading-stack.ts';

export interface Stacks {
  readonly state: StateStack;
  readonly functions: FunctionsStack;
  readonly trading: TradingStack;
  readonly observability: ObservabilityStack;
}

/** The stacks of one stage. */
export function buildApp(app: App, config: StageConfig, assets: Assets = builtAssets): Stacks {
  const { stage, account, region } = config;
  const prefix = prefixOf(config);
  const common = {
    config,
    env: { region, ...(account === undefined ? {} : { account }) },
    tags: { 'ares:stage': stage },
  };
  const state = new StateStack(app, `${prefix}state`, common);
  const functions = new FunctionsStack(app, `${prefix}functions`, { ...common, state, assets });
  const trading = new TradingStack(app, `${prefix}trading`, {
    ...common,
    state,
    commands: functions.commandQueues,
    imageContext: assets.trader,
  });
  const observability = new ObservabilityStack(app, `${prefix}observability`, { ...common, state, trading });
  return { state, functions, trading, observability };
}
