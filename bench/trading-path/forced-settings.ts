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
  const { strategy, limits } = engineSettings(DEFAULT_CONFIG);
  const told = (entryThreshold: number, exitThreshold: number): EngineSettings => ({
    // About forty dollars an order, so that thousands of fees leave the limits on losses far away.
    strategy: { ...strategy, budgetFraction: decimal('0.004'), entryThreshold, exitThreshold },
    limits: { ...limits, maxOrdersPerMinute: 1_000_000 },
  });
  return { hold: told(2, -1), buy: told(0, -1), sell: told(2, 1) };
}
