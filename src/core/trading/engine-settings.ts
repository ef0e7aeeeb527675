import * as z from 'zod';
import { type LiveConfig, liveConfigSchema } from '../config/live-config.ts';
import type { RiskLimits } from '../risk/risk-limits.ts';
import { type Decimal, decimal } from './money.ts';
import type { StrategyConfig } from './strategy.ts';

export type EntrySettings = LiveConfig['entry'];
export type ExitSettings = LiveConfig['exits'];

/** What the engine takes from the live configuration. */
export interface EngineSettings {
  readonly strategy: StrategyConfig;
  readonly entry: EntrySettings;
  readonly exits: ExitSettings;
  readonly limits: RiskLimits;
  /** Without any market data for so long nothing may be entered, and the engine asks for a halt; milliseconds of monotonic time. */
  readonly haltAfterDataSilenceMs: number;
}

/**
 * The settings of one line.
 *
 * @param lines how many lines share the slot's budget, evenly
 */
export function engineSettings({ strategy, entry, exits, risk }: LiveConfig, lines = 1): EngineSettings {
  const { haltAfterDataSilenceMs, haltAfterHeartbeatSilenceMs: _monitored, ...limits } = risk;
  const budget = decimal(strategy.quoteBudget);
  return {
    strategy: {
      ...strategy,
      budgetFraction: decimal(strategy.budgetFraction),
      // Cut, not rounded: the lines together never have more than there is.
      quoteBudget: lines === 1 ? budget : budget.div(lines).round(8, 0),
    },
    entry,
    exits,
    limits: {
      ...limits,
      maxOrderNotional: decimal(risk.maxOrderNotional),
      maxPositionNotional: decimal(risk.maxPositionNotional),
      maxGrossNotional: decimal(risk.maxGrossNotional),
    },
    haltAfterDataSilenceMs,
  };
}

const amount = z.string().transform((text): Decimal => decimal(text));

/** Settings as the journal has them, decimal amounts as text. */
export const engineSettingsSchema = z.object({
  strategy: z.object({
    entryThreshold: z.number(),
    exitThreshold: z.number(),
    budgetFraction: amount,
    quoteBudget: amount,
  }),
  entry: liveConfigSchema.shape.entry,
  exits: liveConfigSchema.shape.exits,
  limits: z.object({
    maxOrderNotional: amount,
    maxPositionNotional: amount,
    maxGrossNotional: amount,
    maxOrdersPerSecond: z.number(),
    maxOrdersPerMinute: z.number(),
    maxConsecutiveLosses: z.number(),
    coolDownMinutes: z.number(),
    maxClockSkewMs: z.number(),
    dailyLossFraction: z.number(),
    maxDrawdownFraction: z.number(),
    priceCollarFraction: z.number(),
    maxSpreadFraction: z.number(),
    staleDataMs: z.number(),
  }),
  haltAfterDataSilenceMs: z.number(),
});
