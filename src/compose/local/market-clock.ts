import type { EpochMillis, MarketClock } from '../../core/ports/clock.ts';
import { readEnv } from '../env.ts';
import { replayControl } from './replay-control.ts';
import { wallClock } from './wall-clock.ts';

/** How long one answer of a replayed market's clock serves, in milliseconds of wall time: what follows it is asked for far more often. */
const KEEP_MS = 100;

let built: MarketClock | undefined;

/** The present, or the time of the replayed market where there is one. */
export const marketClock = (): MarketClock => {
  built ??= readEnv().ARES_CONTROL_URL ? replayedTime() : { now: async () => wallClock.now() };
  return built;
};

function replayedTime(): MarketClock {
  let answer: Promise<EpochMillis> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  return {
    now() {
      const wall = wallClock.now();
      if (!answer || wall - askedAt >= KEEP_MS) {
        askedAt = wall;
        answer = replayControl()
          .status()
          .then(({ marketTime }) => marketTime);
      }
      return answer;
    },
  };
}
