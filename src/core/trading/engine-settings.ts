import type { LiveConfig } from '../config/live-config.ts';
import type { RiskLimits } from '../risk/risk-engine.ts';
import { decimal } from './money.ts';
import type { StrategyConfig } from './strategy.ts';

/** What the engine takes from the live configuration. */
export interface EngineSettings {
  readonly strategy: StrategyConfig;
  readonly limits: RiskLimits;
}

export function engineSettings({ strategy, risk }: LiveConfig): EngineSettings {
  return {
    strategy: {
      ...strategy,
      budgetFraction: decimal(strategy.budgetFraction),
      quoteBudget: decimal(strategy.quoteBudget),
    },
    limits: {
      ...risk,
      maxOrderNotional: decimal(risk.maxOrderNotional),
      maxPositionNotional: decimal(risk.maxPositionNotional),
    },
  };
}
