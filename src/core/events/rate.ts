import { AresError } from '../ares-error.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';

const UNIT_MILLIS: Readonly<Record<string, number>> = { second: 1_000, minute: 60_000, hour: 3_600_000 };

/** The interval of `rate(15 minutes)` in milliseconds. @throws AresError `RATE_INVALID` */
export function rateMillis(rate: string): number {
  const [, count, unit] = /^rate\(([1-9]\d*) (second|minute|hour)s?\)$/.exec(rate) ?? [];
  if (count === undefined || unit === undefined) {
    throw new AresError('RATE_INVALID', `rate must be like "rate(15 minutes)", was "${rate}"`, { rate });
  }
  return Number(count) * (UNIT_MILLIS[unit] as number);
}

/** The last time at or before `at` when something of this rate is due: whole multiples since 1970. */
export function lastDue(rateMs: number, at: EpochMillis): EpochMillis {
  return epochMillis(Math.floor(at / rateMs) * rateMs);
}
