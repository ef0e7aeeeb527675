import type { OrderState } from '../../src/core/trading/order-lifecycle.ts';

/** Everything that can go wrong in a world, and everything people do to it. */
const FAULTS = {
  'slow exchange': 'requests and answers take seconds',
  'lost request': 'a request never arrives',
  'lost reply': 'a request arrives, its answer does not',
  'slow socket': 'an order waits in the process before it is written',
  'lost reply of an order': 'an order arrives, its answer does not',
  'refused order': 'the exchange refuses an order for its number',
  'late acceptance': 'an order arrives after the trader has stopped waiting for the answer',
  'repeated request': 'the network hands the same order over twice while the first is open',
  'answer 429': 'refused for its number of requests',
  'answer 418': 'banned for a while',
  'answer 5xx': 'an error of the server, the effect open',
  'failed read': 'a read breaks off; a page is missing',
  'stale read': 'a read tells of some hundred milliseconds ago',
  'account disconnect': 'the account stream is down: its news is lost',
  'market disconnect': 'the market stream is down: its candles are lost',
  'silent account': 'the account stream loses news without saying so',
  'silent market': 'the market stream loses everything without saying so',
  'repeated message': 'a message comes twice',
  'reordered message': 'messages of the account overtake each other',
  'late message': 'stream messages take seconds',
  'missing candle': 'a closed bar never comes over the stream',
  'repeated candle': 'a closed bar comes again',
  'revised candle': 'a closed bar comes again with other figures',
  'late candle': 'a closed bar comes after its successor',
  'price jump': 'the price jumps by many percent, through stops',
  'no volume': 'bars without trades',
  'thin book': 'the book holds less than orders want',
  'crash before': 'killed at a port call, before its effect',
  'crash during': 'killed at a port call, its effect still to come',
  'crash after': 'killed at a port call, after its effect and before its answer',
  'long pause': 'the process stands still for longer than its lease',
  'short pause': 'the process stands still for less than its lease',
  'second trader': 'another trader of the same slot is started',
  'orderly restart': 'the trader is told to stop, and started again',
  'clock jump': 'the wall clock jumps',
  'clock drift': 'the wall clock runs at another speed',
  'failed commit': 'the database refuses a commit without doing it',
  'lost commit answer': 'the database commits, its answer is lost',
  'slow database': 'the database takes seconds',
  'failed database read': 'the database cannot be read',
  'changed limits': 'the live configuration changes',
  halt: 'a person halts the slot',
  reduce: 'a person lets the slot only reduce',
  resume: 'a person resumes the slot',
  promotion: 'another model comes into production',
  'repeated command': 'a command comes twice',
  deposit: 'money comes in',
  withdrawal: 'money goes out',
  'foreign order': 'somebody else orders on the same account',
} as const;

export type FaultKind = keyof typeof FAULTS;

export const faultKinds = Object.keys(FAULTS) as readonly FaultKind[];

/** The states an order can be in when a fault strikes. `sent` is what has left the process and was not answered. */
export const COVERED_STATES = [
  'intent',
  'sent',
  'unknown',
  'acknowledged',
  'partially_filled',
  'filled',
  'cancelled',
  'expired',
  'rejected',
] as const satisfies readonly (OrderState | 'sent')[];

export type CoveredState = (typeof COVERED_STATES)[number];

/** How often each fault struck in each state of an order. */
export type Coverage = Record<FaultKind, Record<CoveredState, number>>;

export const noCoverage = (): Coverage =>
  Object.fromEntries(
    faultKinds.map((kind) => [kind, Object.fromEntries(COVERED_STATES.map((state) => [state, 0]))]),
  ) as Coverage;

export function addCoverage(to: Coverage, from: Coverage): void {
  for (const kind of faultKinds) for (const state of COVERED_STATES) to[kind][state] += from[kind][state];
}

/** What is wrong in a world at one time. */
export interface Faults {
  /** Begins a fault that lasts until then; `strength` from 0 to 1 is how much of it. */
  begin(kind: FaultKind, until: number, strength: number): void;
  /** How much of a fault there is now, 0 for none. */
  strength(kind: FaultKind): number;
  /** A fault has had its effect. */
  strike(kind: FaultKind, detail?: string): void;
  /** An order has come into a state: what has struck and still lasts meets it. */
  met(state: CoveredState): void;
  /** Whether any fault has struck since then, or lasts. */
  quietSince(time: number): boolean;
  /** Ends all that lasts. */
  endAll(): void;
  readonly struck: number;
  readonly coverage: Coverage;
  readonly byKind: ReadonlyMap<FaultKind, number>;
}

export function createFaults(world: {
  readonly now: () => number;
  /** States of the orders that matter now. */
  readonly states: () => Iterable<CoveredState>;
  readonly trace: (text: string) => void;
}): Faults {
  const windows = new Map<FaultKind, { until: number; strength: number; hasStruck: boolean }>();
  const coverage = noCoverage();
  const byKind = new Map<FaultKind, number>();
  let struck = 0;
  let lastStruck = 0;
  return {
    begin(kind, until, strength) {
      const before = windows.get(kind);
      windows.set(kind, { until: Math.max(until, before?.until ?? 0), strength, hasStruck: false });
    },
    strength(kind) {
      const window = windows.get(kind);
      return window && world.now() < window.until ? window.strength : 0;
    },
    strike(kind, detail = '') {
      const window = windows.get(kind);
      if (window) window.hasStruck = true;
      struck += 1;
      lastStruck = world.now();
      byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
      for (const state of world.states()) coverage[kind][state] += 1;
      world.trace(`fault ${kind} ${detail}`);
    },
    met(state) {
      const now = world.now();
      for (const [kind, { until, hasStruck }] of windows) if (hasStruck && now < until) coverage[kind][state] += 1;
    },
    quietSince(time) {
      if (lastStruck >= time) return false;
      for (const { until } of windows.values()) if (until > time) return false;
      return true;
    },
    endAll: () => windows.clear(),
    get struck() {
      return struck;
    },
    coverage,
    byKind,
  };
}
