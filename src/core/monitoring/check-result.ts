import * as z from 'zod';
import type { MetricUnit } from '../ports/metrics.ts';

/** `degraded`: measured, and beyond its threshold; `failed`: it does not work, or could not be measured. */
export const CHECK_STATUSES = ['healthy', 'degraded', 'failed'] as const;

export type CheckStatus = (typeof CHECK_STATUSES)[number];

/** What one check found. */
export interface Measurement {
  readonly name: string;
  readonly status: CheckStatus;
  /** `null` when there is nothing to measure yet, or it could not be measured. */
  readonly value: number | null;
  readonly threshold: number | null;
  /** What must be and what was; empty when healthy and there is nothing to say. */
  readonly reason: string;
  readonly unit: MetricUnit;
  readonly dimensions?: Readonly<Record<string, string>>;
}

export const checkResultSchema = z.object({
  name: z.string(),
  status: z.enum(CHECK_STATUSES),
  value: z.number().nullable(),
  threshold: z.number().nullable(),
  /** Wall time at which it came into this status. */
  since: z.number().int(),
  reason: z.string(),
});

/** A measurement as it is stored. */
export type CheckResult = z.infer<typeof checkResultSchema>;

/** The worst of some statuses; healthy when there are none. */
export const worstStatus = (statuses: readonly CheckStatus[]): CheckStatus =>
  statuses.reduce<CheckStatus>(
    (worst, status) => (CHECK_STATUSES.indexOf(status) > CHECK_STATUSES.indexOf(worst) ? status : worst),
    'healthy',
  );
