interface Arrival {
  readonly due: number;
  run(): void;
}

/** What was sent and has not arrived yet, in market time. */
export interface Arrivals {
  readonly size: number;
  /** Runs at once without latency, else when {@link next} gives it out; the promise has what came of it. */
  send<T>(run: () => T, now: number): Promise<T>;
  /** Takes out the first that is due before a moment. */
  next(moment: number): Arrival | undefined;
  /** Resolves when something is on its way. */
  sent(): Promise<void>;
}

export function createArrivals(latencyMs: number): Arrivals {
  // All travel equally long, so the order of sending is that of arriving.
  const waiting: Arrival[] = [];
  let watchers: (() => void)[] = [];

  return {
    get size() {
      return waiting.length;
    },
    async send(run, now) {
      if (latencyMs === 0) return run();
      return new Promise((resolve, reject) => {
        waiting.push({
          due: now + latencyMs,
          run() {
            try {
              resolve(run());
            } catch (error) {
              reject(error);
            }
          },
        });
        for (const watcher of watchers) watcher();
        watchers = [];
      });
    },
    next(moment) {
      const [first] = waiting;
      return first && first.due < moment ? waiting.shift() : undefined;
    },
    sent() {
      if (waiting.length > 0) return Promise.resolve();
      return new Promise((resolve) => watchers.push(resolve));
    },
  };
}
