import { type FunctionWiring, hostedFunctions } from '../../../src/compose/wiring.ts';
import { messageOf } from '../../../src/core/ares-error.ts';
import { relayOutbox } from '../../../src/core/events/relay-outbox.ts';
import type { EpochMillis, MarketClock, Monotonic, Timers, WallClock } from '../../../src/core/ports/clock.ts';
import type { Deliveries } from '../../../src/core/ports/deliveries.ts';
import type { EventBus } from '../../../src/core/ports/event-bus.ts';
import type { Ledger, Outbox } from '../../../src/core/ports/ledger.ts';
import type { Log } from '../../../src/core/ports/log.ts';
import type { Random } from '../../../src/core/ports/random.ts';
import { type LoadHandler, runDelivery } from './run-delivery.ts';
import { createSchedules } from './schedules.ts';

export interface FunctionHostPorts {
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly eventBus: EventBus & Deliveries;
  readonly wallClock: WallClock;
  readonly monotonic: Monotonic;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  /** Followed in continuous mode; without it only {@link FunctionHost.advanceMarket} moves the market's schedules. */
  readonly marketClock?: MarketClock;
}

export interface FunctionHostOptions {
  readonly handlers: Readonly<Record<string, LoadHandler>>;
  readonly functions?: readonly FunctionWiring[];
  /** How long continuous mode rests when there was nothing to do, in milliseconds. */
  readonly restMs?: number;
}

export interface FunctionHost {
  /** Relays the outbox and runs what is due, one after the other in order, until nothing is; returns how many ran. */
  pump(): Promise<number>;
  /** Market time has come this far: hands over what became due and, unless the host runs by itself, pumps. Returns how many ran. */
  advanceMarket(to: EpochMillis): Promise<number>;
  /** Imports every function, so that no first event waits for that. */
  warmUp(): Promise<void>;
  /** Runs by itself from now on: functions beside each other, each function one event at a time. */
  start(): void;
  /** Starts nothing more and resolves when what runs has ended. */
  stop(): Promise<void>;
}

/** After an error in the host itself, such as a full disk. */
const REST_AFTER_ERROR_MS = 1_000;

/** Runs functions on one machine, as EventBridge and Lambda do on AWS. */
export function createFunctionHost(
  ports: FunctionHostPorts,
  { handlers, functions = hostedFunctions, restMs = 25 }: FunctionHostOptions,
): FunctionHost {
  const { ledger, outbox, eventBus, wallClock, monotonic, timers, random, log, marketClock } = ports;
  const byName = new Map(functions.map((wiring) => [wiring.name, wiring]));
  const market = createSchedules(functions, 'market', { ledger, deliveries: eventBus }, { atOnce: false });
  const wall = createSchedules(functions, 'wall', { ledger, deliveries: eventBus }, { atOnce: true });
  const runPorts = { deliveries: eventBus, monotonic, timers, random, log, sessionId: random.id() };
  const running = new Map<string, Promise<unknown>>();
  let loop: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  let recovered = false;

  const run = (delivery: ReturnType<Deliveries['takeDue']>[number]): Promise<unknown> => {
    const wiring = byName.get(delivery.target);
    const load = handlers[delivery.target];
    if (wiring && load) return runDelivery(delivery, wiring, load, runPorts);
    throw new Error(`a delivery's target must be one of ${[...byName.keys()].join(', ')}, was ${delivery.target}`);
  };

  /** Before the first delivery: whatever an earlier process had begun is not running any more. */
  const recover = (): void => {
    if (!recovered) eventBus.recover(wallClock.now());
    recovered = true;
  };

  const relay = async (): Promise<number> => {
    const { published, refused } = await relayOutbox({ outbox, eventBus });
    if (refused.size > 0) log.warn('events stay in the outbox', { refused: Object.fromEntries(refused) });
    return published;
  };

  const pump = async (): Promise<number> => {
    recover();
    let ran = 0;
    for (;;) {
      await wall.advance(wallClock.now());
      const relayed = await relay();
      const [delivery] = eventBus.takeDue(wallClock.now(), 1);
      if (delivery) {
        await run(delivery);
        ran += 1;
      } else if (relayed === 0) return ran;
    }
  };

  /** Gives each idle function its next event; returns how many began. */
  const startIdle = (): number => {
    const idle = [...byName.keys()].filter((name) => !running.has(name));
    let begun = 0;
    for (const name of idle) {
      const [delivery] = eventBus.takeDue(wallClock.now(), 1, [name]);
      if (!delivery) continue;
      begun += 1;
      const ended = run(delivery)
        .catch((error: unknown) => log.error('the end of a run could not be noted', { function: name, error }))
        .finally(() => running.delete(name));
      running.set(name, ended);
    }
    return begun;
  };

  const runUntilStopped = async (signal: AbortSignal): Promise<void> => {
    const rest = async (ms: number): Promise<void> => {
      await timers.sleep(ms, signal).catch((reason: unknown) => {
        if (!signal.aborted) throw reason;
      });
    };
    while (!signal.aborted) {
      try {
        recover();
        if (marketClock) await market.advance(await marketClock.now());
        await wall.advance(wallClock.now());
        const relayed = await relay();
        if (startIdle() + relayed === 0) await rest(restMs);
      } catch (error) {
        log.error(`the function host goes on in a second: ${messageOf(error)}`, { error });
        await rest(REST_AFTER_ERROR_MS);
      }
    }
    await Promise.all(running.values());
  };

  return {
    pump,
    async advanceMarket(to) {
      await market.advance(to);
      return loop ? 0 : pump();
    },
    async warmUp() {
      for (const name of byName.keys()) await handlers[name]?.();
    },
    start() {
      if (loop) return;
      const stop = new AbortController();
      loop = { stop, ended: runUntilStopped(stop.signal) };
    },
    async stop() {
      loop?.stop.abort(new Error('the function host stops'));
      await loop?.ended;
      loop = undefined;
    },
  };
}
