import { runTrader, type TraderOptions, type TraderPorts } from '../../apps/trader/run-trader.ts';
import { messageOf } from '../../src/core/ares-error.ts';
import { timeframe } from '../../src/core/market-data/timeframe.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type { Log, LogFields } from '../../src/core/ports/log.ts';
import { pathPoint } from '../../src/core/simulation/candle-path.ts';
import { simulatedMarketRules } from '../../src/core/simulation/market-rules.ts';
import { decimal, price, quantity } from '../../src/core/trading/money.ts';
import { createDice } from './dice.ts';
import { createExchangeClient } from './exchange-client.ts';
import { type AccountNews, createExchangeServer } from './exchange-server.ts';
import { type PlannedFault, planFaults } from './fault-plan.ts';
import { type Coverage, type CoveredState, createFaults, type FaultKind } from './faults.ts';
import { createLedgerClient } from './ledger-client.ts';
import { createObserver, type Violation } from './observer.ts';
import { createPeople } from './people.ts';
import type { Planted } from './planted-bugs.ts';
import { createScheduler } from './scheduler.ts';
import { createStreamHub } from './stream-hub.ts';
import { createTrace } from './trace.ts';
import { createTrackedOrders } from './tracked-orders.ts';
import { createVirtualLedger } from './virtual-ledger.ts';
import { createVirtualMarket } from './virtual-market.ts';
import { virtualFeatures, virtualPredictorLoader } from './virtual-model.ts';
import { type CrashPoint, createVirtualProcess, type VirtualProcess } from './virtual-process.ts';
import { COMMAND_POLL_MS, HEARTBEAT_MS, LEASE_TTL_MS, RECV_WINDOW_MS, SLOT, SYMBOL, type World } from './world.ts';

const BAR = 60_000;
/** Far beyond what a sound trader needs in one world. */
const MOST_STEPS = 400_000;
const MOST_ORDERS = 6_000;
const START = 1_700_000_040_000;
const HISTORY = 20;
/** Chapters of faults, each with peace after it; the last peace is the healing. */
const CHAPTERS = [
  { from: 4, to: 240 },
  { from: 252, to: 492 },
] as const;
export const BARS = 512;
const PEACE_BARS: readonly number[] = [251, 511];
/** In the healing the slot is resumed and its settings are those of the beginning. */
const HEALING_FROM = 494;

export interface SeedResult {
  readonly seed: number;
  readonly bars: number;
  readonly steps: number;
  readonly faultsInjected: number;
  readonly byKind: Readonly<Record<string, number>>;
  readonly coverage: Coverage;
  readonly violations: readonly Violation[];
  readonly hash: string;
  readonly orders: number;
  readonly starts: number;
  readonly lines: readonly string[];
}

/** Faults that bring orders into a state: what waits for an order in it would wait long. */
const HELPERS: Readonly<Partial<Record<CoveredState, FaultKind>>> = {
  intent: 'slow socket',
  unknown: 'lost reply of an order',
  rejected: 'refused order',
  expired: 'thin book',
  partially_filled: 'thin book',
};

interface Running {
  readonly process: VirtualProcess;
  readonly stop: AbortController;
  /** Of the wall clock of its machine: ahead of true time, and so much more with every millisecond since. */
  readonly clock: { ahead: number; drift: number; since: number };
  readySince: number | undefined;
}

/** Lives through one world from its first bar to its healing, and says what broke in it. */
export async function runSeed(
  seed: number,
  options: {
    readonly trace?: boolean;
    readonly planted?: Planted | undefined;
    /** Ends with the first violation. */
    readonly firstOnly?: boolean;
  } = {},
): Promise<SeedResult> {
  const scheduler = createScheduler(START + HISTORY * BAR);
  const trace = createTrace(options.trace === true);
  const chances = {
    network: createDice(seed, 1),
    streams: createDice(seed, 2),
    database: createDice(seed, 3),
    market: createDice(seed, 4),
    plan: createDice(seed, 5),
    people: createDice(seed, 6),
    processes: createDice(seed, 7),
  };
  const dice = chances.plan;
  const orders = createTrackedOrders(
    () => scheduler.now,
    (state) => orderCame(state),
  );
  const say = (text: string): void => trace.add(scheduler.now, text);
  const faults = createFaults({ now: () => scheduler.now, states: () => orders.states(), trace: say });
  const observer = createObserver(() => world);
  const ledger = createVirtualLedger((key, text) => observer.ledgerWrote(key, text));
  const rules = simulatedMarketRules(SYMBOL);

  let lastPrice = 0;
  const news = (message: AccountNews): void => {
    if (message.kind === 'order') {
      const { report } = message;
      say(`exchange ${report.clientOrderId} ${report.status} ${report.filled.toFixed()}`);
      orders.reported(report.clientOrderId, report.status);
      world.hub.send('account', (receivedAt) => ({ kind: 'order', report, receivedAt }));
    } else if (message.kind === 'fill') {
      const { fill } = message;
      say(`exchange fill ${fill.tradeId} ${fill.clientOrderId} ${fill.quantity.toFixed()} at ${fill.price.toFixed()}`);
      observer.traded(fill);
      world.hub.send('account', (receivedAt) => ({ kind: 'fill', fill, receivedAt }));
    } else {
      const at = epochMillis(scheduler.now);
      world.hub.send('account', (receivedAt) => ({ ...message, at, receivedAt }));
    }
  };
  const server = createExchangeServer({
    rules,
    balances: { USDT: '10000', BTC: dice.chance(0.5) ? '0.5' : '0' },
    now: () => scheduler.now,
    onNews: news,
    onAccepted: (id) => observer.accepted(id),
  });
  const world: World = {
    seed,
    barMillis: BAR,
    scheduler,
    chances,
    faults,
    ledger,
    server,
    capabilities: {
      orderTypes: new Set(['market', 'limit', 'post_only', 'stop']),
      pairs: dice.chance(0.6),
      replace: dice.chance(0.6),
      socketOrders: true,
      requestWindow: true,
      reusesClientOrderIds: true,
      transfers: true,
    },
    orders,
    // Filled in below: it needs the world.
    hub: undefined as never,
    observer,
    trace: say,
  };
  Object.assign(world, { hub: createStreamHub(world) });
  const people = createPeople(world, dice.next());

  // ——— processes ———
  const running = new Set<Running>();
  let armed: { point: string; mode: CrashPoint; left: number } | undefined;
  let starts = 0;
  let ending = false;

  const crashAt = (_process: VirtualProcess, point: string): CrashPoint | undefined => {
    if (!armed || !point.startsWith(armed.point)) return undefined;
    armed.left -= 1;
    if (armed.left > 0) return undefined;
    const { mode } = armed;
    armed = undefined;
    faults.strike(mode === 'before' ? 'crash before' : mode === 'after' ? 'crash after' : 'crash during', point);
    return mode;
  };
  const ended = (trader: Running, how: string): void => {
    if (!running.delete(trader)) return;
    say(`${trader.process.name} ended: ${how}`);
    trader.process.kill('ended');
    if (ending || running.size > 0) return;
    scheduler.after(chances.processes.whole(500, 12_000), () => {
      if (!ending && running.size === 0) start();
    });
  };
  const start = (): void => {
    starts += 1;
    const name = `t${starts}`;
    const clock = { ahead: 0, drift: 0, since: scheduler.now };
    const process = createVirtualProcess({
      name,
      scheduler,
      dice: createDice(seed, 100 + starts),
      skew: () => Math.round(clock.ahead + clock.drift * (scheduler.now - clock.since)),
      crashAt,
      onKilled: (why) => ended(trader, `killed ${why}`),
      onRunaway: (point) => observer.violated('nothing runs away', `${name} called ${point} without end`),
    });
    const stop = new AbortController();
    const trader: Running = { process, stop, clock, readySince: undefined };
    running.add(trader);
    say(`${name} starts`);
    const note =
      (level: string) =>
      (message: string, fields?: LogFields): void => {
        if (!process.isAlive) return;
        const error = fields?.error;
        say(`${name} ${level}: ${message}${error === undefined ? '' : ` (${messageOf(error)})`}`);
      };
    const log: Log = { debug: () => undefined, info: note('info'), warn: note('warn'), error: note('error') };
    const ports = {
      commandQueue: people.queueOf(process),
      exchange: createExchangeClient(process, world),
      ledger: createLedgerClient(process, world),
      log,
      modelStore: {
        ...people.modelStore,
        get: (hash) =>
          process.call('model-store.get', (reply) => {
            scheduler.after(5, () => people.modelStore.get(hash).then(reply.resolve, reply.reject));
            scheduler.after(5, () => scheduler.touch());
          }),
      },
      monotonic: process.monotonic,
      predictorLoader: virtualPredictorLoader,
      random: process.random,
      timers: process.timers,
      wallClock: process.wallClock,
    } satisfies TraderPorts;
    const traderOptions = {
      slot: SLOT,
      stage: 'simulation',
      initialSettings: undefined,
      leaseTtlMs: LEASE_TTL_MS,
      recvWindowMs: RECV_WINDOW_MS,
      commandPollMs: COMMAND_POLL_MS,
      heartbeatMs: HEARTBEAT_MS,
      acknowledge: undefined,
      features: virtualFeatures,
      onReady: () => {
        trader.readySince = scheduler.now;
        say(`${name} is ready`);
      },
      onBeat: () => undefined,
    } as TraderOptions;
    scheduler.touch();
    runTrader(traderOptions, options.planted?.ports?.(ports, world) ?? ports, stop.signal).then(
      () => ended(trader, 'in order'),
      (error: unknown) => ended(trader, messageOf(error)),
    );
  };
  const readySince = (): number | undefined => {
    let since: number | undefined;
    for (const trader of running)
      if (trader.readySince !== undefined && !trader.process.isPaused)
        since = Math.min(since ?? Number.POSITIVE_INFINITY, trader.readySince);
    return since;
  };

  // ——— the market ———
  const market = createVirtualMarket(chances.market, START, BAR);
  const playBar = (index: number): void => {
    const jump = faults.strength('price jump');
    if (jump > 0) faults.strike('price jump');
    const thin = faults.strength('thin book') > 0;
    if (thin) faults.strike('thin book');
    const still = faults.strength('no volume') > 0;
    if (still) faults.strike('no volume');
    const sign = chances.market.chance(0.6) ? -1 : 1;
    const candle = market.next({ jump: jump * 0.07 * sign, still, thin });
    for (let i = 0; i < 4; i += 1) {
      const point = pathPoint(candle, BAR, i);
      scheduler.at(Math.max(scheduler.now, point.at), () => {
        server.move(point);
        lastPrice = point.price;
        const top = server.top();
        const at = epochMillis(scheduler.now);
        if (top)
          world.hub.send('market', (receivedAt) => ({
            kind: 'book-top',
            symbol: SYMBOL,
            bid: price(top.bid.price),
            ask: price(top.ask.price),
            bidQuantity: quantity(top.bid.quantity),
            askQuantity: quantity(top.ask.quantity),
            receivedAt,
          }));
        if (i % 2 === 0)
          world.hub.send('market', (receivedAt) => ({
            kind: 'trade',
            symbol: SYMBOL,
            price: price(String(point.price)),
            quantity: quantity('0.01'),
            at,
            receivedAt,
          }));
        observer.look({ readySince: readySince(), price: lastPrice });
      });
    }
    scheduler.at(candle.openTime + BAR, () => {
      server.addCandle(candle);
      const send = (changes: object, extraMs: number): void => {
        const at = epochMillis(scheduler.now);
        world.hub.send(
          'market',
          (receivedAt) => ({
            kind: 'candle',
            symbol: SYMBOL,
            timeframe: timeframe('1m'),
            candle: { ...candle, ...changes },
            closed: true,
            at,
            receivedAt,
          }),
          extraMs,
        );
      };
      const happens = (kind: FaultKind): boolean => {
        const is = faults.strength(kind) > 0 && chances.market.chance(0.7);
        if (is) faults.strike(kind);
        return is;
      };
      if (!happens('missing candle')) send({}, happens('late candle') ? chances.market.whole(1_000, 90_000) : 0);
      if (happens('repeated candle')) send({}, chances.market.whole(50, 80_000));
      if (happens('revised candle'))
        send({ close: candle.low, volume: candle.volume + 1 }, chances.market.whole(50, 80_000));
      say(`bar ${index} closes at ${candle.close}`);
    });
  };

  // ——— what goes wrong ———
  const target = (): Running | undefined => [...running].find((trader) => trader.readySince !== undefined);
  const jumpClock = (until: number, of?: Running): void => {
    if (running.size === 0) return;
    faults.begin('clock jump', until, 1);
    faults.strike('clock jump');
    const { clock } = of ?? chances.plan.pick([...running]);
    clock.ahead += chances.plan.whole(-3_000, 3_000) * (of || chances.plan.chance(0.5) ? 40 : 1);
    scheduler.at(until, () => {
      clock.ahead = 0;
    });
  };
  const begin = (kind: FaultKind, ms: number, strength: number, met?: CoveredState): void => {
    const until = scheduler.now + ms;
    switch (kind) {
      case 'crash before':
      case 'crash during':
      case 'crash after': {
        const mode = kind === 'crash before' ? 'before' : kind === 'crash after' ? 'after' : 'in-flight';
        // Some states are over in a moment.
        const isBrief = met === 'intent' || met === 'sent' || met === 'unknown';
        if (isBrief) {
          armed = { point: chances.plan.pick(['', 'exchange.', 'ledger.']), mode, left: chances.plan.whole(1, 2) };
          return;
        }
        const point = chances.plan.pick([
          '',
          'exchange.submit',
          'exchange.',
          'exchange.cancel',
          'ledger.commit intent',
          'ledger.commit settle',
          'ledger.append fills',
          'ledger.',
        ]);
        armed = { point, mode, left: chances.plan.whole(1, point === '' ? 60 : 4) };
        return;
      }
      case 'long pause':
      case 'short pause': {
        const trader = target();
        if (!trader) return;
        const { whole } = chances.plan;
        const pauseMs = kind === 'short pause' ? whole(200, 20_000) : LEASE_TTL_MS + whole(2_000, 90_000);
        faults.begin(kind, scheduler.now + pauseMs, 1);
        faults.strike(kind, trader.process.name);
        trader.process.pause(pauseMs);
        if (kind === 'short pause') return;
        // Whoever watches it starts another; a machine that slept may also have lost the time.
        if (running.size === 1 && chances.plan.chance(0.7)) {
          faults.begin('second trader', until, 1);
          faults.strike('second trader');
          start();
        }
        if (chances.plan.chance(0.6)) jumpClock(scheduler.now + pauseMs + BAR, trader);
        return;
      }
      case 'second trader':
        if (running.size > 2) return;
        faults.begin(kind, until, 1);
        faults.strike(kind);
        start();
        // A machine that has just come up sets its clock.
        if (chances.plan.chance(0.4))
          scheduler.after(chances.plan.whole(1_000, 30_000), () => jumpClock(until + BAR, [...running].at(-1)));
        return;
      case 'orderly restart': {
        const trader = target();
        if (!trader) return;
        faults.strike(kind, trader.process.name);
        trader.process.deliver(() => trader.stop.abort('restart'));
        return;
      }
      case 'clock jump':
        jumpClock(until);
        return;
      case 'clock drift': {
        faults.begin(kind, until, 1);
        faults.strike(kind);
        for (const { clock } of running) {
          Object.assign(clock, { drift: (chances.plan.next() - 0.5) * 0.02, since: scheduler.now });
          scheduler.at(until, () => void Object.assign(clock, { drift: 0 }));
        }
        return;
      }
      case 'account disconnect':
      case 'market disconnect': {
        const forMs = (kind === 'account disconnect' ? Math.min(ms, 60_000) : ms) * strength;
        faults.begin(kind, scheduler.now + forMs, 1);
        world.hub.disconnect(kind === 'account disconnect' ? 'account' : 'market', forMs);
        return;
      }
      case 'silent account':
      case 'silent market': {
        faults.begin(kind, until, strength);
        const channel = kind === 'silent account' ? 'account' : 'market';
        // Whoever watches a socket notices in the end; of the account's it may be that nobody does.
        if (channel === 'market' || chances.plan.chance(0.5))
          scheduler.at(until, () => world.hub.disconnect(channel, 500));
        return;
      }
      case 'changed limits':
        faults.begin(kind, until, 1);
        faults.strike(kind);
        people.changeSettings();
        if (chances.plan.chance(0.6)) scheduler.after(ms * 8, () => people.resetSettings());
        return;
      case 'halt':
      case 'reduce':
        faults.begin(kind, until, 1);
        faults.strike(kind);
        people[kind]();
        scheduler.after(ms + 120_000 * strength, () => people.resume());
        return;
      case 'resume':
        faults.begin(kind, until, 1);
        faults.strike(kind);
        people.resume();
        return;
      case 'promotion':
        faults.begin(kind, until, 1);
        faults.strike(kind);
        people.promote();
        return;
      case 'repeated command':
        faults.begin(kind, until, strength);
        people.changeSettings();
        return;
      case 'deposit':
      case 'withdrawal': {
        const coins = chances.plan.whole(1, 900) / 100_000;
        // Coins that the slot itself has bought are not taken away from it: it could not sell them any more.
        const spare = server.total(rules.base).minus(observer.position());
        const isBase = chances.plan.chance(0.3) && (kind === 'deposit' || spare.gte(String(coins)));
        const [asset, size] = isBase ? [rules.base, coins] : [rules.quote, chances.plan.whole(1, 900)];
        faults.begin(kind, until, 1);
        if (server.transfer(asset, decimal(String(kind === 'deposit' ? size : -size)))) faults.strike(kind, asset);
        return;
      }
      case 'foreign order': {
        faults.begin(kind, until, 1);
        faults.strike(kind);
        const id = `web_${scheduler.now}`;
        const far = Math.round(lastPrice * 0.5);
        server.submit({
          symbol: SYMBOL,
          clientOrderId: id,
          side: 'buy',
          type: 'limit',
          quantity: quantity('0.001'),
          referencePrice: price(String(far)),
          limitPrice: price(String(far)),
        } as Parameters<typeof server.submit>[0]);
        scheduler.at(until, () => void server.cancel(id));
        return;
      }
      default:
        faults.begin(kind, until, strength);
    }
  };

  /** Faults whose time has come and that wait for an order in their state. */
  const waiting = new Set<PlannedFault>();
  const orderCame = (state: CoveredState): void => {
    faults.met(state);
    for (const fault of waiting) {
      if (fault.state !== state) continue;
      waiting.delete(fault);
      scheduler.after(1, () => begin(fault.kind, fault.bars * BAR, fault.strength, state));
    }
  };
  const expect = (fault: PlannedFault): void => {
    waiting.add(fault);
    // What brings orders into the rarer states is a fault itself.
    const helper = HELPERS[fault.state];
    if (helper) faults.begin(helper, scheduler.now + 6 * BAR, fault.state === 'intent' ? 1 : 0.8);
    // An order stays unknown only while its stream says nothing either.
    if (fault.state === 'unknown') faults.begin('silent account', scheduler.now + 6 * BAR, 1);
    scheduler.after(8 * BAR, () => {
      if (waiting.delete(fault)) begin(fault.kind, fault.bars * BAR, fault.strength);
    });
  };

  let sentBeforeHealing = 0;
  /** With everything in order again, signals to enter and to leave must have become orders. */
  const checkHealed = (sentBefore: number, since: number): void => {
    if (observer.sent > sentBefore || observer.mode !== 'ACTIVE') return;
    const healed = [...observer.decisions].filter(([barClose]) => barClose > since + 2 * BAR).map(([, each]) => each);
    const entered = healed.findIndex(({ signal }) => signal === 'long');
    if (entered < 0 || !healed.slice(entered).some(({ signal }) => signal === 'flat')) return;
    const reasons = [...new Set(healed.map(({ signal, reason }) => `${signal}: ${reason}`))];
    observer.violated('a healthy start trades again', `no order in the healing: ${reasons.join('; ')}`);
  };

  const unhandled = (error: unknown): void => {
    scheduler.touch();
    observer.violated('no promise is left alone', `unhandled rejection: ${messageOf(error)}`);
  };
  process.on('unhandledRejection', unhandled);
  try {
    for (let i = 0; i < HISTORY; i += 1) {
      const candle = market.next({ jump: 0, still: false, thin: false });
      server.move(pathPoint(candle, BAR, 3));
      lastPrice = candle.close;
      server.addCandle(candle);
    }
    await people.prepare();
    const first = scheduler.now;
    start();
    for (const fault of planFaults(dice, CHAPTERS)) scheduler.at(first + fault.bar * BAR, () => expect(fault));
    for (let bar = 0; bar < BARS; bar += 1) {
      if (bar === HEALING_FROM) {
        faults.endAll();
        waiting.clear();
        armed = undefined;
        people.resume();
        people.resetSettings();
        sentBeforeHealing = observer.sent;
      }
      playBar(bar);
      await scheduler.runUntil(first + (bar + 1) * BAR - 1);
      if (PEACE_BARS.includes(bar)) observer.calm({ readySince: readySince() });
      if (scheduler.steps > MOST_STEPS || observer.sent > MOST_ORDERS) {
        observer.violated('nothing runs away', `${scheduler.steps} steps and ${observer.sent} orders by bar ${bar}`);
        break;
      }
      if (options.firstOnly && observer.violations.length > 0) break;
    }
    checkHealed(sentBeforeHealing, first + HEALING_FROM * BAR);
    ending = true;
    for (const trader of running) trader.process.deliver(() => trader.stop.abort('the end'));
    await scheduler.runUntil(scheduler.now + 60_000);
    if (running.size > 0) observer.violated('a trader leaves in order', `${running.size} did not within a minute`);
    await observer.finish();
    for (const trader of running) trader.process.kill('the end');
  } finally {
    process.off('unhandledRejection', unhandled);
  }
  return {
    seed,
    bars: BARS,
    steps: scheduler.steps,
    faultsInjected: faults.struck,
    byKind: Object.fromEntries(faults.byKind),
    coverage: faults.coverage,
    violations: observer.violations,
    hash: trace.hash(),
    orders: [...orders.all()].length,
    starts,
    lines: trace.lines,
  };
}
