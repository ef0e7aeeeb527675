import * as z from 'zod';
import { AresError } from '../../src/core/ares-error.ts';
import type { EpochMillis } from '../../src/core/ports/clock.ts';

export const acknowledgementSchema = z.strictObject({
  trader: z.string().min(1),
  /** Close of the last bar decided on. */
  barClose: z.number().int(),
  /** Closing klines, trades and book tops handled since the trader started. */
  candles: z.number().int().nonnegative(),
  trades: z.number().int().nonnegative(),
  bookTops: z.number().int().nonnegative(),
});

type Acknowledgement = z.infer<typeof acknowledgementSchema>;

/** Holds the market back until the trader has decided on the bar it was given. */
export interface Lockstep {
  acknowledge(acknowledgement: Acknowledgement): void;
  last(): Acknowledgement | undefined;
  /** @throws AresError `NOT_ACKNOWLEDGED` after the timeout */
  acknowledged(barClose: EpochMillis): Promise<void>;
}

export function createLockstep(timeoutMs: number): Lockstep {
  let last: Acknowledgement | undefined;
  const waiting = new Set<{ readonly barClose: number; readonly resolve: () => void }>();
  return {
    last: () => last,
    acknowledge(acknowledgement) {
      last = acknowledgement;
      for (const waiter of waiting) {
        if (acknowledgement.barClose < waiter.barClose) continue;
        waiting.delete(waiter);
        waiter.resolve();
      }
    },
    acknowledged(barClose) {
      if (last && last.barClose >= barClose) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(waiter);
          const was = last ? `the last acknowledged was ${last.barClose}` : 'none was acknowledged yet';
          const message = `the bar closing at ${barClose} must be acknowledged within ${timeoutMs} ms, ${was}; bars: 0 waits again, bars: 1 goes on without`;
          reject(new AresError('NOT_ACKNOWLEDGED', message, { barClose }));
        }, timeoutMs);
        const waiter = {
          barClose,
          resolve: () => {
            clearTimeout(timer);
            resolve();
          },
        };
        waiting.add(waiter);
      });
    },
  };
}
