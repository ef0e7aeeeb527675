import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCcxtExchange } from '../../src/adapters/exchange/ccxt-exchange.ts';
import { onnxPredictorLoader } from '../../src/adapters/inference/onnx-predictor-loader.ts';
import { openDatabase } from '../../src/adapters/local/database.ts';
import { createSqliteLedger } from '../../src/adapters/local/sqlite-ledger.ts';
import { systemClocks } from '../../src/adapters/local/system-clocks.ts';
import { systemRandom } from '../../src/adapters/local/system-random.ts';
import { aresCore } from '../../src/core/features/ares-core.ts';
import { createFeatureComputer } from '../../src/core/features/feature-computer.ts';
import { timeframe } from '../../src/core/market-data/timeframe.ts';
import { selectColumns } from '../../src/core/models/select-columns.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type { Log } from '../../src/core/ports/log.ts';
import { TradingEngine } from '../../src/core/trading/engine.ts';
import { acquireLease } from '../../src/core/trading/lease.ts';
import { createLedgerJournal } from '../../src/core/trading/ledger-journal.ts';
import { decimal } from '../../src/core/trading/money.ts';
import { readBooks } from '../../src/core/trading/recover-slot.ts';
import type { CpuQuota } from '../measure/cpu-quota.ts';
import { forcedSettings } from './forced-settings.ts';
import { createForcingDriver } from './forcing-driver.ts';
import { type Recording, writeEvenly } from './recording.ts';
import { startReplayMarket } from './replay-market.ts';
import type { Sample } from './sample.ts';
import { installSocketProbe } from './socket-probe.ts';
import { journalOrders, watchPredictor, watchSubmit } from './watched-ports.ts';

const SYMBOL = 'BTC/USDT';
const SLOT = 'paper:bench:BTC/USDT:1m' as SlotId;
const TIMEFRAME = timeframe('1m');
const RECV_WINDOW_MS = 5_000;
/** Trades that are not counted: until then code is still being compiled. */
const WARM_UP_TRADES = 400;
const END_POLL_MS = 500;

/** How frames come: as recorded, so many times faster; or one every so many microseconds. */
export type Pace =
  | { readonly kind: 'recorded'; readonly speed: number }
  | { readonly kind: 'even'; readonly spacingUs: number };

export interface PathRequest {
  readonly recording: Recording;
  readonly model: Uint8Array;
  readonly via: 'websocket' | 'rest';
  readonly orders: number;
  readonly everyNth: number;
  readonly pace: Pace;
  /** What the trader's work goes through, the exchange's does not. */
  readonly within: CpuQuota['within'];
}

export interface PathRun {
  /** Every trade after the warm-up, up to its prediction. */
  readonly trades: readonly Sample[];
  /** Those of them that became orders. */
  readonly orders: readonly Sample[];
  readonly filled: number;
  /** Orders wanted that were not sent, or not taken: by reason. */
  readonly failed: Readonly<Record<string, number>>;
  readonly positionMatchesExchange: boolean;
  /** Trades that had no row of features: none should. */
  readonly withoutRow: number;
}

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (message, fields) => process.stderr.write(`${message} ${JSON.stringify(fields ?? {})}\n`),
};

/** The trader's parts as the trader joins them, on a market of their own; ends when so many orders are through, or the recording is. */
export async function runTradingPath(request: PathRequest): Promise<PathRun> {
  const folder = mkdtempSync(join(tmpdir(), 'ares-bench-'));
  const { recording, pace } = request;
  const frames = pace.kind === 'recorded' ? recording.path : join(folder, 'frames.jsonl');
  if (pace.kind === 'even') writeEvenly(recording, pace.spacingUs, frames);
  const market = await startReplayMarket(frames, folder);
  const db = openDatabase(folder);
  const probe = installSocketProbe();
  try {
    const ledger = createSqliteLedger(db);
    return await request.within(() => trade(request, market, ledger, probe));
  } finally {
    probe.remove();
    await market.stop();
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function trade(
  { recording, model, via, orders: wanted, everyNth, pace }: PathRequest,
  market: Awaited<ReturnType<typeof startReplayMarket>>,
  ledger: ReturnType<typeof createSqliteLedger>,
  probe: ReturnType<typeof installSocketProbe>,
): Promise<PathRun> {
  const { monotonic, timers, wall: wallClock } = systemClocks;
  const fatal = Promise.withResolvers<never>();
  fatal.promise.catch(() => undefined);
  const failed: Record<string, number> = {};
  const fail = (reason: string): void => {
    failed[reason] = (failed[reason] ?? 0) + 1;
  };
  const orders: Sample[] = [];
  const keep = (sample: Sample): void => {
    if (driver.samples.length > WARM_UP_TRADES) orders.push(sample);
  };
  const isEnough = () => orders.length >= wanted;
  const exchange = createCcxtExchange({
    url: market.url,
    keys: async () => market.keys,
    recvWindow: RECV_WINDOW_MS,
    submit: { via },
    timers,
    monotonic,
    random: systemRandom(),
    log: silent,
  });
  const rules = await exchange.rules(SYMBOL);
  const lease = await acquireLease(
    { slot: SLOT, owner: 'bench', ttlMs: 10_000, recvWindowMs: RECV_WINDOW_MS },
    { ledger, monotonic, timers, log: silent },
  );
  const settings = forcedSettings();
  const budget = settings.hold.strategy.quoteBudget;
  const books = await readBooks(
    {
      slot: SLOT,
      rules,
      budget,
      recvWindowMs: RECV_WINDOW_MS,
      barMillis: 60_000,
      sessionId: 'bench',
      startedAt: wallClock.now(),
      guard: lease.guard,
    },
    { ledger, exchange, timers, log: silent },
  );
  let engine: TradingEngine;
  const driver = createForcingDriver(
    { symbol: SYMBOL, history: recording.history, everyNth, settings, rules, engine: () => engine },
    createFeatureComputer(aresCore, TIMEFRAME),
  );
  const journal = createLedgerJournal(
    {
      slot: SLOT,
      sessionId: 'bench',
      guard: lease.guard,
      accountVersion: books.accountVersion,
      orderVersions: books.orderVersions,
      marketTime: () => epochMillis(engine.counters.lastBarClose),
      onFailure: fatal.reject,
    },
    { ledger, wallClock },
  );
  const predictor = await onnxPredictorLoader().load(model);
  engine = new TradingEngine(
    {
      slot: SLOT,
      rules,
      timeframe: TIMEFRAME,
      features: driver.features,
      settings: settings.hold,
      mode: 'ACTIVE',
      account: books.account,
      decidedBars: new Set(),
      fence: lease,
      recvWindowMs: RECV_WINDOW_MS,
      onBarDone: driver.done,
      onFatal: fatal.reject,
    },
    {
      exchange: { ...exchange, submit: watchSubmit(exchange, driver, probe.writtenAt, keep, fail) },
      journal: journalOrders(journal, fail),
      monotonic,
      timers,
      log: silent,
    },
  );
  const columns = selectColumns(predictor.signature, aresCore);
  engine.accept({
    kind: 'model',
    model: { runId: 'bench', predictor: watchPredictor(predictor, driver), columns },
    swapped: () => undefined,
  });
  const stream = await exchange.stream({ symbols: [SYMBOL], timeframe: TIMEFRAME }, (message) => {
    if (!isEnough()) driver.follow(message, probe.readAt());
    else if (message.kind === 'order' || message.kind === 'fill') engine.accept(message);
  });
  await market.start(pace.kind === 'recorded' ? pace.speed : 1);
  while (!isEnough() && !(await market.isOver())) {
    await Promise.race([timers.sleep(END_POLL_MS), fatal.promise]);
  }
  await Promise.race([engine.idle(), fatal.promise]);
  const held = engine.account.position.quantity;
  const positionMatchesExchange = held.eq(decimal(await market.holding(rules.base)));
  await stream.close();
  engine.stop();
  await journal.flush();
  await lease.release();
  await predictor.release();
  await exchange.close();

  return {
    trades: driver.samples.slice(WARM_UP_TRADES).filter((sample) => sample.predictedAt > 0),
    orders,
    filled: engine.account.trades,
    failed,
    positionMatchesExchange,
    withoutRow: driver.samples.filter((sample) => sample.predictedAt === 0).length,
  };
}
