import { DEFAULT_CONFIG } from '../core/config/live-config.ts';
import type { StageFields } from './stage-fields.ts';

/** Which setting of the live configuration each limit is. */
const LIMITS = {
  quoteBudget: ['strategy', 'quoteBudget'],
  maxOrderNotional: ['risk', 'maxOrderNotional'],
  maxPositionNotional: ['risk', 'maxPositionNotional'],
  dailyLossFraction: ['risk', 'dailyLossFraction'],
  maxDrawdownFraction: ['risk', 'maxDrawdownFraction'],
} as const;

type LimitName = keyof typeof LIMITS;
export const LIMIT_NAMES = Object.keys(LIMITS) as readonly LimitName[];

/** The stage's limits as settings of the live configuration, `section.name` → value. */
export function initialSettings({
  limits = {},
}: Pick<StageFields, 'limits'>): Readonly<Record<string, string | number>> {
  const settings: Record<string, string | number> = {};
  for (const name of LIMIT_NAMES) {
    const value = limits[name];
    if (value !== undefined) settings[LIMITS[name].join('.')] = value;
  }
  return settings;
}

/** The fractions of loss at which the live configuration, as the stage begins it, holds a position down. */
export const lossLimits = ({
  limits = {},
}: Pick<StageFields, 'limits'>): { readonly dayLoss: number; readonly drawdown: number } => ({
  dayLoss: limits.dailyLossFraction ?? DEFAULT_CONFIG.risk.dailyLossFraction,
  drawdown: limits.maxDrawdownFraction ?? DEFAULT_CONFIG.risk.maxDrawdownFraction,
});
