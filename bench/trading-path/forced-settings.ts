import { DEFAULT_CONFIG } from '../../src/core/config/live-config.ts';
import { type EngineSettings, engineSettings } from '../../src/core/trading/engine-settings.ts';
import { decimal } from '../../src/core/trading/money.ts';

/** What the strategy is told: thresholds outside of 0 to 1 decide whatever the model says. */
export interface ForcedSettings {
  readonly hold: EngineSettings;
  readonly buy: EngineSettings;
  readonly sell: EngineSettings;
}

export function forcedSettings(): ForcedSettings {
  const standard = engineSettings(DEFAULT_CONFIG);
  const { strategy, exits, limits } = standard;
  const told = (entryThreshold: number, exitThreshold: number): EngineSettings => ({
    ...standard,
    // About forty dollars an order, so that thousands of fees leave the limits on losses far away.
    strategy: { ...strategy, budgetFraction: decimal('0.004'), entryThreshold, exitThreshold },
    // A stop beside every purchase would be a second order that is not measured.
    exits: { ...exits, stopLossFraction: 0 },
    limits: { ...limits, maxOrdersPerSecond: 1_000_000, maxOrdersPerMinute: 1_000_000, maxConsecutiveLosses: 0 },
  });
  return { hold: told(2, -1), buy: told(0, -1), sell: told(2, 1) };
}
