import type { CandleFault, EventFault, Fault, RequestFault } from './fault-schema.ts';

/** A fault and how often it was met. */
interface Entry {
  readonly fault: Fault;
  left: number;
  met: number;
  /** Wall times. */
  firstAt: number | undefined;
  lastAt: number | undefined;
}

/** What a fault was, and when it was met. */
export interface FaultReport {
  readonly fault: Fault;
  readonly met: number;
  readonly firstAt: number | null;
  readonly lastAt: number | null;
}

/** What some faults do at once. */
export interface FaultEffects {
  dropSockets(which: 'market' | 'account' | 'all'): void;
  /** The next bars stand still without volume. */
  flatten(symbolId: string | undefined, bars: number): void;
}

/** What has been scripted to go wrong, and what of it has come to pass. */
export interface Faults {
  /** Says what the faults that do something at once do it with. */
  connect(effects: FaultEffects): void;
  /** Puts faults into force, each at its moment. */
  script(faults: readonly Fault[]): void;
  /** Puts into force what waits for this bar. */
  beforeBar(index: number): void;
  /** The exchange's wall time. */
  wallTime(): number;
  /** The fault this request meets, counted as met. */
  meet(path: string, method?: string): RequestFault | undefined;
  /** What becomes of events of the account's stream that happened together. */
  distort(events: readonly object[]): readonly object[];
  /** The fault this closing kline meets, counted as met. */
  meetCandle(symbolId: string, interval: string): CandleFault | undefined;
  mayReuseIds(): boolean;
  /** Those in force that have not been met as often as they are to be. */
  pending(): readonly Fault[];
  report(): {
    readonly waiting: readonly Fault[];
    readonly active: readonly FaultReport[];
    readonly met: readonly FaultReport[];
  };
  /** Runs something later, unless the exchange is closed before. */
  later(ms: number, run: () => void): void;
  stop(): void;
}

const REQUEST: ReadonlySet<string> = new Set(['status', 'no-answer', 'silence', 'late', 'delay', 'partial-page']);
const EVENT: ReadonlySet<string> = new Set(['duplicate-events', 'reorder-events', 'drop-events']);
const CANDLE: ReadonlySet<string> = new Set(['revise-candle', 'duplicate-candle', 'late-candle', 'drop-candle']);
const isRequestFault = (fault: Fault): fault is RequestFault => REQUEST.has(fault.kind);
const isEventFault = (fault: Fault): fault is EventFault => EVENT.has(fault.kind);
const isCandleFault = (fault: Fault): fault is CandleFault => CANDLE.has(fault.kind);

const reportOf = ({ fault, met, firstAt, lastAt }: Entry): FaultReport => ({
  fault,
  met,
  firstAt: firstAt ?? null,
  lastAt: lastAt ?? null,
});

export function createFaults(): Faults {
  let waiting: Fault[] = [];
  let active: Entry[] = [];
  const done: Entry[] = [];
  let skew = 0;
  let reuse = true;
  let effects: FaultEffects | undefined;
  const timers = new Set<NodeJS.Timeout>();

  function later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
  }

  function count(entry: Entry): void {
    entry.met += 1;
    entry.left -= 1;
    entry.lastAt = Date.now();
    entry.firstAt ??= entry.lastAt;
    if (entry.left > 0) return;
    active = active.filter((each) => each !== entry);
    done.push(entry);
  }

  function clear(): void {
    for (const timer of scripted) clearTimeout(timer);
    scripted.clear();
    waiting = [];
    active = [];
    skew = 0;
    reuse = true;
  }
  const scripted = new Set<NodeJS.Timeout>();

  /** Puts a fault into force; those that do something at once are met with that. */
  function enforce(fault: Fault): void {
    const entry: Entry = { fault, left: 1, met: 0, firstAt: undefined, lastAt: undefined };
    if (isRequestFault(fault) || isEventFault(fault) || isCandleFault(fault)) {
      entry.left = fault.times;
      active.push(entry);
      return;
    }
    if (fault.kind === 'clear') clear();
    else if (fault.kind === 'clock-skew') skew = fault.ms;
    else if (fault.kind === 'reuse-id') reuse = fault.allowed;
    else if (fault.kind === 'drop-sockets') effects?.dropSockets(fault.which);
    else effects?.flatten(fault.symbol, fault.times);
    count(entry);
  }

  function find<Kind extends Fault>(is: (fault: Fault) => fault is Kind, fits: (fault: Kind) => boolean) {
    if (active.length === 0) return undefined;
    for (const entry of active) {
      if (!is(entry.fault) || !fits(entry.fault)) continue;
      count(entry);
      return entry.fault;
    }
    return undefined;
  }

  function schedule(fault: Fault): void {
    if (fault.atBar === undefined && !fault.afterMs) {
      enforce(fault);
      return;
    }
    waiting.push(fault);
    if (fault.atBar !== undefined) return;
    const timer = setTimeout(() => {
      scripted.delete(timer);
      waiting = waiting.filter((each) => each !== fault);
      enforce(fault);
    }, fault.afterMs);
    scripted.add(timer);
  }

  return {
    later,
    connect(given) {
      effects = given;
    },
    script(faults) {
      for (const fault of faults) schedule(fault);
    },
    beforeBar(index) {
      if (waiting.length === 0) return;
      const due = waiting.filter(({ atBar }) => atBar !== undefined && atBar <= index);
      waiting = waiting.filter((each) => !due.includes(each));
      for (const fault of due) enforce(fault);
    },
    wallTime: () => Date.now() + skew,
    mayReuseIds: () => reuse,
    meet: (path, method) =>
      find(isRequestFault, (fault) => {
        return path.startsWith(fault.path) && (fault.method === undefined || fault.method === method);
      }),
    meetCandle: (symbolId, interval) =>
      find(isCandleFault, (fault) => {
        const ofMarket = fault.symbol === undefined || fault.symbol === symbolId;
        return ofMarket && (fault.interval === undefined || fault.interval === interval);
      }),
    distort(events) {
      if (!active.some(({ fault }) => isEventFault(fault))) return events;
      const told: object[] = [];
      let reversed = false;
      for (const event of events) {
        const name = (event as { e?: string }).e;
        const fault = find(isEventFault, (each) => each.event === undefined || each.event === name);
        if (fault?.kind === 'drop-events') continue;
        told.push(event);
        if (fault?.kind === 'duplicate-events') told.push(event);
        reversed ||= fault?.kind === 'reorder-events';
      }
      return reversed ? told.reverse() : told;
    },
    pending: () => active.map(({ fault, left }) => ('times' in fault ? { ...fault, times: left } : fault)),
    report: () => ({
      waiting,
      active: active.map(reportOf),
      met: [...done, ...active.filter(({ met }) => met > 0)].map(reportOf),
    }),
    stop() {
      clear();
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
