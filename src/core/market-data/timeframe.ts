import { AresError } from '../ares-error.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { Timeframe } from './candle.ts';

const UNIT_MILLIS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @throws AresError `TIMEFRAME_INVALID` */
export function timeframe(text: string): Timeframe {
  if (!/^[1-9]\d{0,3}[mhd]$/.test(text)) {
    throw new AresError(
      'TIMEFRAME_INVALID',
      `timeframe must be a number and m, h or d, like "1m" or "4h", was "${text}"`,
    );
  }
  return text as Timeframe;
}

/** The length of one bar in milliseconds. */
export function timeframeMillis(tf: Timeframe): number {
  return Number(tf.slice(0, -1)) * (UNIT_MILLIS[tf.slice(-1)] as number);
}

/** The timeframe of bars `ms` long: the largest unit that divides it. */
export function timeframeOf(ms: number): Timeframe {
  for (const unit of ['d', 'h', 'm']) {
    const size = UNIT_MILLIS[unit] as number;
    if (ms % size === 0 && ms > 0) return timeframe(`${ms / size}${unit}`);
  }
  throw new AresError('TIMEFRAME_INVALID', `bars must be a whole number of minutes apart, were ${ms} ms apart`);
}

/** When the bar that opened at `openTime` closes: the open of the next. */
export function closeTime(openTime: EpochMillis, tf: Timeframe): EpochMillis {
  return epochMillis(openTime + timeframeMillis(tf));
}
