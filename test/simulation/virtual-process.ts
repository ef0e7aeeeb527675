import { epochMillis, type Monotonic, type Timers, type WallClock } from '../../src/core/ports/clock.ts';
import type { Random } from '../../src/core/ports/random.ts';
import type { Dice } from './dice.ts';
import type { Scheduler } from './scheduler.ts';

/** Where a process is killed at one of its port calls. */
export type CrashPoint = 'before' | 'in-flight' | 'after';

/** Timers that repeat come at most so often. */
const SHORTEST_ROUND_MS = 5_000;
const MOST_CALLS_AT_ONCE = 1_000;

/** How a port call goes on once it has left the process. */
export interface Reply<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
  /** Call when the effect has happened and no answer has been given yet. */
  effectDone(): void;
}

/** One run of a program: its clocks, its timers, and the moments at which it may die. */
export interface VirtualProcess {
  readonly name: string;
  readonly isAlive: boolean;
  readonly isPaused: boolean;
  readonly monotonic: Monotonic;
  readonly wallClock: WallClock;
  readonly timers: Timers;
  readonly random: Random;
  /** A call that leaves the process: a numbered point at which it may be killed. */
  call<T>(point: string, start: (reply: Reply<T>) => void): Promise<T>;
  /** Runs in the process now, when it wakes, or never. */
  deliver(run: () => void): void;
  /** Nothing of this process runs any more. */
  kill(why: string): void;
  /** The process stands still; everything that comes meanwhile waits. */
  pause(ms: number): void;
}

export interface ProcessOptions {
  readonly name: string;
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  /** Milliseconds the machine's wall clock is ahead. */
  readonly skew: () => number;
  readonly crashAt: (process: VirtualProcess, point: string) => CrashPoint | undefined;
  readonly onKilled: (why: string) => void;
  /** It made more calls at one moment than any sound program would. */
  readonly onRunaway: (point: string) => void;
}

export function createVirtualProcess(options: ProcessOptions): VirtualProcess {
  const { name, scheduler, dice } = options;
  /** The origin of a monotonic clock says nothing. */
  const origin = scheduler.now - dice.whole(0, 1_000_000_000);
  let alive = true;
  let pausedUntil = 0;
  let calls = 0;
  let stepOfCalls = 0;
  const isPaused = (): boolean => scheduler.now < pausedUntil;

  const deliver = (run: () => void): void => {
    if (!alive) return;
    if (isPaused()) {
      scheduler.at(pausedUntil, () => deliver(run));
      return;
    }
    scheduler.touch();
    run();
  };
  const kill = (why: string): void => {
    if (!alive) return;
    alive = false;
    options.onKilled(why);
  };

  const process: VirtualProcess = {
    name,
    get isAlive() {
      return alive;
    },
    get isPaused() {
      return isPaused();
    },
    monotonic: { now: () => scheduler.now - origin },
    wallClock: { now: () => epochMillis(scheduler.now + options.skew()) },
    random: dice,
    timers: {
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          if (!alive) return;
          if (signal?.aborted) return reject(signal.reason);
          let over = false;
          const aborted = (): void => {
            over = true;
            reject(signal?.reason);
          };
          scheduler.after(ms, () =>
            deliver(() => {
              if (over) return;
              signal?.removeEventListener('abort', aborted);
              resolve();
            }),
          );
          signal?.addEventListener('abort', aborted, { once: true });
        }),
      every(asked, task) {
        // A slow event loop costs fewer events than a fast one, and is allowed.
        const ms = Math.max(asked, SHORTEST_ROUND_MS);
        let stopped = false;
        const next = (): void => {
          if (stopped || !alive) return;
          scheduler.after(ms, () =>
            deliver(() => {
              if (stopped) return;
              task();
              next();
            }),
          );
        };
        next();
        return () => {
          stopped = true;
        };
      },
    },
    call<T>(point: string, start: (reply: Reply<T>) => void) {
      if (!alive) return new Promise<T>(() => undefined);
      calls = scheduler.steps === stepOfCalls ? calls + 1 : 1;
      stepOfCalls = scheduler.steps;
      if (calls > MOST_CALLS_AT_ONCE) {
        options.onRunaway(point);
        kill(`runs away at ${point}`);
        return new Promise<T>(() => undefined);
      }
      const crash = options.crashAt(process, point);
      if (crash === 'before') {
        kill(`before ${point}`);
        return new Promise<T>(() => undefined);
      }
      return new Promise<T>((resolve, reject) => {
        start({
          resolve: (value) => deliver(() => resolve(value)),
          reject: (error) => deliver(() => reject(error)),
          effectDone: () => {
            if (crash === 'after') kill(`after ${point}`);
          },
        });
        if (crash === 'in-flight') kill(`during ${point}`);
      });
    },
    deliver,
    kill,
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, scheduler.now + ms);
    },
  };
  return process;
}
