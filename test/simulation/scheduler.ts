/** One virtual clock for a whole world: events in the order of their time, then of their making. */
export interface Scheduler {
  /** Epoch milliseconds, whole. */
  readonly now: number;
  /** Events run so far. */
  readonly steps: number;
  at(time: number, run: () => void): void;
  after(ms: number, run: () => void): void;
  /** Says that promises were settled: what waits for them goes on before the next event. */
  touch(): void;
  /** Runs everything that is due until then. */
  runUntil(time: number): Promise<void>;
}

interface Entry {
  readonly time: number;
  readonly order: number;
  readonly run: () => void;
}

const isBefore = (a: Entry, b: Entry): boolean => a.time < b.time || (a.time === b.time && a.order < b.order);

/** Lets everything that waits for no time go on: microtasks are drained before the event loop comes round. */
const drain = () => new Promise<void>((resolve) => setImmediate(resolve));

export function createScheduler(start: number): Scheduler {
  const heap: Entry[] = [];
  let now = start;
  let order = 0;
  let steps = 0;
  let touched = false;

  const push = (entry: Entry): void => {
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, heap[parent] as Entry)) break;
      heap[at] = heap[parent] as Entry;
      at = parent;
    }
    heap[at] = entry;
  };
  const pop = (): Entry => {
    const first = heap[0] as Entry;
    const last = heap.pop() as Entry;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child += 1;
      if (!isBefore(heap[child] as Entry, last)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
    return first;
  };

  const scheduler: Scheduler = {
    get now() {
      return now;
    },
    get steps() {
      return steps;
    },
    at(time, run) {
      order += 1;
      push({ time: Math.max(now, Math.ceil(time)), order, run });
    },
    after: (ms, run) => scheduler.at(now + ms, run),
    touch() {
      touched = true;
    },
    async runUntil(time) {
      await drain();
      for (let next = heap[0]; next && next.time <= time; next = heap[0]) {
        pop();
        now = next.time;
        steps += 1;
        next.run();
        if (!touched) continue;
        touched = false;
        await drain();
      }
      now = Math.max(now, time);
    },
  };
  return scheduler;
}
