import type { MarketPlayer } from './market-player.ts';

/** Market milliseconds a wall millisecond; `max`: as fast as subscribers take it. */
export type Speed = number | 'max';

/** Plays a market against the wall clock. */
export interface Pace {
  start(speed: Speed): void;
  stop(): void;
  running(): Speed | undefined;
}

/** Being later than this, the market waits for us and does not hurry after the clock: its time never jumps. */
const PATIENCE_MS = 50;
const BACKLOG_BYTES = 1_000_000;

/** @param onEnd called once everything has been played, or with what went wrong */
export function createPace(player: MarketPlayer, backlog: () => number, onEnd: (error?: unknown) => void): Pace {
  let speed: Speed | undefined;
  let due = 0;
  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;

  function stop(): void {
    speed = undefined;
    clearTimeout(timer);
    clearImmediate(immediate);
  }

  function schedule(): void {
    if (speed === undefined) return;
    const now = performance.now();
    if (speed === 'max') {
      if (backlog() > BACKLOG_BYTES) timer = setTimeout(play, 2);
      else immediate = setImmediate(play);
      return;
    }
    if (now - due > PATIENCE_MS) due = now;
    const wait = due - now;
    if (wait > 0.5) timer = setTimeout(play, wait);
    else immediate = setImmediate(play);
  }

  function play(): void {
    if (speed === undefined) return;
    try {
      const delay = player.next();
      if (speed !== 'max') due += delay / speed;
    } catch (error) {
      stop();
      onEnd(error);
      return;
    }
    if (player.progress().remaining === 0) {
      stop();
      onEnd();
    } else {
      schedule();
    }
  }

  return {
    stop,
    running: () => speed,
    start(next) {
      stop();
      speed = next;
      due = performance.now();
      schedule();
    },
  };
}
