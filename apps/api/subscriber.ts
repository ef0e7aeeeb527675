/** One watcher's queue of frames. */
export interface Subscriber {
  /** Whether it has got everything once and now needs only changes. */
  current: boolean;
  push(frame: string): void;
  /** Forgets what waits: everything is sent anew. */
  startOver(): void;
  waiting(): number;
  /** The next frame, when there is one; `undefined` when the subscription has ended. */
  next(): Promise<string | undefined>;
  end(): void;
}

/** @param onEnd called once */
export function createSubscriber(onEnd: () => void): Subscriber {
  const frames: string[] = [];
  let ended = false;
  let wake: (() => void) | undefined;
  return {
    current: false,
    push(frame) {
      frames.push(frame);
      wake?.();
    },
    startOver() {
      frames.length = 0;
      this.current = false;
    },
    waiting: () => frames.length,
    async next() {
      while (!ended && frames.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return ended ? undefined : frames.shift();
    },
    end() {
      if (ended) return;
      ended = true;
      onEnd();
      wake?.();
    },
  };
}
