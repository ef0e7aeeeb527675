import type { Env } from './env.ts';
import { prefixOf, type StageConfig } from './stage-config.ts';
import { initialSettings } from './stage-limits.ts';

type Environment = Partial<Record<keyof Env, string>>;

/** How the exchange of a stage is reached. */
export function exchangeEnvironment({ exchange }: StageConfig): Environment {
  return {
    ARES_EXCHANGE: exchange.id,
    ...(exchange.url === undefined ? {} : { ARES_EXCHANGE_URL: exchange.url }),
    ...(exchange.wsUrl === undefined ? {} : { ARES_EXCHANGE_WS: exchange.wsUrl }),
  };
}

/** What a process of a stage is told that no resource tells: which stage, what it means to do, with which limits, on which exchange. */
export function stageEnvironment(config: StageConfig): Environment {
  const settings = initialSettings(config);
  return {
    ARES_STAGE: config.stage,
    ARES_MODE: config.mode,
    ARES_FUNCTION_PREFIX: prefixOf(config),
    ...(Object.keys(settings).length === 0 ? {} : { ARES_INITIAL_SETTINGS: JSON.stringify(settings) }),
    ...exchangeEnvironment(config),
  };
}
