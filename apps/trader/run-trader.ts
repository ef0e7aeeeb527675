import { messageOf } from '../../src/core/ares-error.ts';
import { readConfig } from '../../src/core/config/read-config.ts';
import { type InitialSettings, seedConfig } from '../../src/core/config/seed-config.ts';
import { type EventData, type EventName, newEvent } from '../../src/core/events/catalogue.ts';
import { aresCore } from '../../src/core/features/ares-core.ts';
import { createFeatureComputer } from '../../src/core/features/feature-computer.ts';
import { requiredHistory } from '../../src/core/features/feature-set.ts';
import type { Candle, Timeframe } from '../../src/core/market-data/candle.ts';
import { timeframeMillis } from '../../src/core/market-data/timeframe.ts';
import { parseSlotId, type SlotId } from '../../src/core/models/slot.ts';
import { ensureSlot } from '../../src/core/models/slot-registry.ts';
import { epochMillis, type Monotonic, type Timers, type WallClock } from '../../src/core/ports/clock.ts';
import type { CommandQueue } from '../../src/core/ports/command-queue.ts';
import type { Exchange, StreamMessage } from '../../src/core/ports/exchange.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import type { Log } from '../../src/core/ports/log.ts';
import type { ModelStore } from '../../src/core/ports/model-store.ts';
import type { PredictorLoader } from '../../src/core/ports/predictor.ts';
import type { Random } from '../../src/core/ports/random.ts';
import type { ReplayControl } from '../../src/core/ports/replay-control.ts';
import { TradingEngine } from '../../src/core/trading/engine.ts';
import { engineSettings } from '../../src/core/trading/engine-settings.ts';
import { createHotSwap } from '../../src/core/trading/hot-swap.ts';
import { acquireLease } from '../../src/core/trading/lease.ts';
import { createLedgerJournal } from '../../src/core/trading/ledger-journal.ts';
import { readBooks, recoverSlot } from '../../src/core/trading/recover-slot.ts';
import { halt, readTradingState } from '../../src/core/trading/trading-state.ts';
import { beatHeart } from './beat-heart.ts';
import { followCommands } from './follow-commands.ts';

export interface TraderOptions {
  readonly slot: SlotId;
  readonly stage: string;
  /** What the live configuration begins with, where there is none. */
  readonly initialSettings: InitialSettings | undefined;
  readonly leaseTtlMs: number;
  readonly recvWindowMs: number;
  readonly commandPollMs: number;
  readonly heartbeatMs: number;
  /** In lockstep: called when a bar is done. */
  readonly acknowledge: ReplayControl['acknowledge'] | undefined;
  readonly onReady: () => void;
  /** The ledger has taken a heartbeat. */
  readonly onBeat: () => void;
}

export interface TraderPorts {
  readonly commandQueue: CommandQueue;
  readonly exchange: Exchange;
  readonly ledger: Ledger;
  readonly log: Log;
  readonly modelStore: ModelStore;
  readonly monotonic: Monotonic;
  readonly predictorLoader: PredictorLoader;
  readonly random: Random;
  readonly timers: Timers;
  readonly wallClock: WallClock;
}

/**
 * Trades one slot until the signal: lease, market, recovery, decisions. Start-up is recovery; what cannot be handled is thrown, and the next start recovers.
 */
export async function runTrader(options: TraderOptions, ports: TraderPorts, signal: AbortSignal): Promise<void> {
  const { slot } = options;
  const { exchange, ledger, log, monotonic, wallClock, timers } = ports;
  const { symbols, timeframe } = parseSlotId(slot);
  const symbol = symbols[0] as string;
  const instance = ports.random.id();
  const fatal = Promise.withResolvers<never>();
  // Nobody awaits it before the loop runs; an early rejection must not count as unhandled.
  fatal.promise.catch(() => undefined);

  await ensureSlot(ledger, slot, wallClock.now());
  const lease = await acquireLease(
    { slot, owner: instance, ttlMs: options.leaseTtlMs, recvWindowMs: options.recvWindowMs },
    ports,
    signal,
  );
  void lease.lost.then((reason) => fatal.reject(new Error(reason)));
  log.info('lease taken', { slot, epoch: lease.epoch });

  if (options.initialSettings) {
    const { stage, initialSettings: settings } = options;
    const seeded = await seedConfig({ stage, settings, now: wallClock.now(), sessionId: instance }, ports);
    log.info('settings of the deployment', { ...seeded });
  }

  const buffered: StreamMessage[] = [];
  let deliver = (message: StreamMessage): void => void buffered.push(message);
  const stream = await exchange.stream({ symbols, timeframe }, (message) => deliver(message));

  const rules = await exchange.rules(symbol);
  const { config } = await readConfig(ledger);
  const settings = engineSettings(config);
  const recovery = {
    slot,
    rules,
    budget: settings.strategy.quoteBudget,
    recvWindowMs: options.recvWindowMs,
    barMillis: timeframeMillis(timeframe),
    sessionId: instance,
    startedAt: wallClock.now(),
    guard: lease.guard,
  };
  const books = await readBooks(recovery, ports);
  let engine: TradingEngine | undefined;
  const journal = createLedgerJournal(
    {
      slot,
      sessionId: instance,
      guard: lease.guard,
      accountVersion: books.accountVersion,
      orderVersions: books.orderVersions,
      marketTime: () => engine?.marketTime ?? epochMillis(books.account.settledThrough),
      onFailure: fatal.reject,
    },
    ports,
  );
  const recovered = await recoverSlot(books, recovery, journal, ports);
  if (recovered.outcome === 'mismatch') {
    log.error(`the exchange does not hold what the books say, so nothing is traded: ${recovered.reason}`, { slot });
    await halt(
      {
        id: `mismatch:${instance}`,
        user: 'trader',
        now: wallClock.now(),
        sessionId: instance,
        slot,
        reason: recovered.reason,
      },
      ports,
    );
  } else {
    log.info('recovered', {
      slot,
      settledNow: recovered.settledNow,
      position: recovered.account.position.quantity.toFixed(),
    });
  }

  const history = await readHistory(symbol, timeframe, exchange);
  engine = new TradingEngine(
    {
      slot,
      rules,
      timeframe,
      settings,
      features: createFeatureComputer(aresCore, timeframe, history.completeSince),
      mode: (await readTradingState(ledger, slot)).state,
      account: recovered.account,
      decidedBars: recovered.decidedBars,
      fence: lease,
      recvWindowMs: options.recvWindowMs,
      onFatal: fatal.reject,
      onBarDone: (barClose) => {
        if (engine) options.acknowledge?.(barClose, engine.counters).catch(fatal.reject);
      },
    },
    { exchange, journal, monotonic, timers, log },
  );
  engine.seed(history.candles);
  const hotSwap = createHotSwap({ featureSet: aresCore, timeframe }, { ...ports, engine, journal });
  const commands = followCommands(
    { slot, pollMs: options.commandPollMs, booksMatch: recovered.outcome === 'ready', onFatal: fatal.reject },
    { ...ports, engine, hotSwap },
  );
  await commands.synchronise();
  deliver = (message) => engine.accept(message);
  for (const message of buffered.splice(0)) engine.accept(message);
  const heart = beatHeart(
    { slot, instance, engine, hotSwap, everyMs: options.heartbeatMs, onBeat: options.onBeat },
    ports,
  );
  await announce('ComponentStarted', { component: 'trader', instance }, instance, ports);
  options.onReady();

  let reason = '';
  try {
    await Promise.race([
      fatal.promise,
      new Promise<void>((resolve) =>
        signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
      ),
    ]);
    reason = String(signal.reason);
  } finally {
    commands.stop();
    heart.stop();
    if (reason) await leaveInOrder();
  }

  async function leaveInOrder(): Promise<void> {
    log.info('stopping', { slot, reason });
    await Promise.race([engine?.idle(), timers.sleep(options.recvWindowMs)]);
    await stream.close();
    engine?.stop();
    await journal.flush();
    await announce('ComponentStopped', { component: 'trader', instance, reason }, `${instance}:stop`, ports);
    await lease.release();
    await engine?.model?.predictor.release();
    await exchange
      .close()
      .catch((error: unknown) =>
        log.warn('the exchange connection did not close in order', { error: messageOf(error) }),
      );
  }
}

/** Twice the history that features need, so that the newest bar has a row also after a gap. */
async function readHistory(
  symbol: string,
  timeframe: Timeframe,
  exchange: Exchange,
): Promise<{ readonly candles: readonly Candle[]; readonly completeSince: number }> {
  const newest = (await exchange.candles({ symbol, timeframe, limit: 1 })).at(-1);
  if (!newest) return { candles: [], completeSince: Number.POSITIVE_INFINITY };
  const since = epochMillis(newest.openTime - (2 * requiredHistory - 1) * timeframeMillis(timeframe));
  // A bar more than were there a moment ago: one may have closed since.
  return {
    candles: await exchange.candles({ symbol, timeframe, since, limit: 2 * requiredHistory + 1 }),
    completeSince: since,
  };
}

/** Publishes an event that goes with no other change. */
async function announce<N extends EventName>(
  name: N,
  data: EventData<N>,
  id: string,
  ports: Pick<TraderPorts, 'ledger' | 'wallClock'>,
): Promise<void> {
  const now = ports.wallClock.now();
  const token = `${name}:${id}`;
  await ports.ledger.commit({
    token,
    writes: [],
    audit: [
      {
        stream: 'trading',
        timestamp: now,
        eventType: name,
        user: 'trader',
        action: name,
        details: { ...(data as object) },
        sessionId: id,
      },
    ],
    events: [
      newEvent(
        name,
        {
          id: `${token}:0`,
          version: 1,
          occurredAt: now,
          correlationId: id,
          causationId: null,
          slot: null,
          sequence: now,
        },
        data,
      ),
    ],
  });
}
