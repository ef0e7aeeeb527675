import { messageOf } from '../../src/core/ares-error.ts';
import { type ClockRoundTrip, clockSkew } from '../../src/core/market-data/clock-skew.ts';
import type { Timers, WallClock } from '../../src/core/ports/clock.ts';
import type { Exchange } from '../../src/core/ports/exchange.ts';
import type { Log } from '../../src/core/ports/log.ts';

const EVERY_MS = 30_000;
/** A slower answer hides more than it tells: the question is put again. */
const QUICK_MS = 200;
const QUESTIONS = 3;

/** Measures at once and every half minute how far the exchange's clock is from ours. */
export function followClock(
  onSkew: (skewMs: number) => void,
  ports: {
    readonly exchange: Pick<Exchange, 'serverTime'>;
    readonly wallClock: WallClock;
    readonly timers: Timers;
    readonly log: Log;
  },
): { readonly measured: Promise<void>; stop(): void } {
  const measure = async (): Promise<void> => {
    const trips: ClockRoundTrip[] = [];
    for (let asked = 0; asked < QUESTIONS; asked += 1) {
      const sentAt = ports.wallClock.now();
      const serverTime = await ports.exchange.serverTime();
      const receivedAt = ports.wallClock.now();
      trips.push({ sentAt, serverTime, receivedAt });
      if (receivedAt - sentAt < QUICK_MS) break;
    }
    onSkew(clockSkew(trips).skewMs);
  };
  const report = (error: unknown): void =>
    ports.log.warn("the exchange's clock could not be read", { error: messageOf(error) });
  let asking = false;
  const again = (): Promise<void> => {
    if (asking) return Promise.resolve();
    asking = true;
    return measure()
      .catch(report)
      .finally(() => {
        asking = false;
      });
  };
  return { measured: again(), stop: ports.timers.every(EVERY_MS, () => void again()) };
}
