import { createCcxtExchange } from '../../src/adapters/exchange/ccxt-exchange.ts';
import { onnxPredictorLoader } from '../../src/adapters/inference/onnx-predictor-loader.ts';
import { systemClocks } from '../../src/adapters/local/system-clocks.ts';
import { systemRandom } from '../../src/adapters/local/system-random.ts';
import { aresCore } from '../../src/core/features/ares-core.ts';
import { createFeatureComputer } from '../../src/core/features/feature-computer.ts';
import type { Candle } from '../../src/core/market-data/candle.ts';
import { timeframe } from '../../src/core/market-data/timeframe.ts';
import { selectColumns } from '../../src/core/models/select-columns.ts';
import { linesOf, type SlotId, slotId } from '../../src/core/models/slot.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type { MarketRules } from '../../src/core/ports/exchange.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import type { Log } from '../../src/core/ports/log.ts';
import { createExposure } from '../../src/core/risk/exposure.ts';
import { TradingEngine } from '../../src/core/trading/engine.ts';
import { acquireLease } from '../../src/core/trading/lease.ts';
import { createLedgerJournal } from '../../src/core/trading/ledger-journal.ts';
import { readBooks } from '../../src/core/trading/open-books.ts';
import { forcedSettings } from './forced-settings.ts';
import { createForcingDriver, type ForcingDriver } from './forcing-driver.ts';
import type { ReplayMarket } from './replay-market.ts';
import type { Sample } from './sample.ts';
import type { SocketProbe } from './socket-probe.ts';
import { journalOrders, watchPredictor, watchSubmit } from './watched-ports.ts';

const TIMEFRAME = timeframe('1m');
const RECV_WINDOW_MS = 5_000;

export interface LinesRequest {
  readonly market: ReplayMarket;
  readonly ledger: Ledger;
  readonly via: 'websocket' | 'rest';
  readonly everyNth: number;
  /** Closed bars before the recording. */
  readonly history: readonly Candle[];
  readonly probe: SocketProbe;
  /** An order was taken. */
  readonly keep: (sample: Sample) => void;
  readonly fail: (reason: string) => void;
}

export interface BenchLine {
  readonly engine: TradingEngine;
  readonly driver: ForcingDriver;
  readonly rules: MarketRules;
}

/** A trader's lines, joined as the trader joins them. */
export interface Lines {
  readonly lines: readonly BenchLine[];
  /** Rejects with what ended an engine. */
  readonly failure: Promise<never>;
  /** Makes every line decide with a model of its own. */
  use(runId: string, model: Uint8Array): Promise<void>;
  /** Follows the market; only answers to orders are still taken once it `isOver`. */
  listen(isOver: () => boolean): Promise<void>;
  idle(): Promise<void>;
  close(): Promise<void>;
}

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (message, fields) => process.stderr.write(`${message} ${JSON.stringify(fields ?? {})}\n`),
};

export async function openLines(request: LinesRequest): Promise<Lines> {
  const { market, ledger, via, everyNth, history, probe, keep, fail } = request;
  const { monotonic, timers, wall: wallClock } = systemClocks;
  const fatal = Promise.withResolvers<never>();
  fatal.promise.catch(() => undefined);
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
  const slot = slotId({ account: 'paper', strategy: 'bench', symbols: market.symbols, timeframe: TIMEFRAME });
  const lease = await acquireLease(
    { slot, owner: 'bench', ttlMs: 10_000, recvWindowMs: RECV_WINDOW_MS },
    { ledger, monotonic, timers, log: silent },
  );
  const settings = forcedSettings();
  const exposure = createExposure();

  const openLine = async (line: SlotId, symbol: string): Promise<BenchLine & { flush(): Promise<void> }> => {
    const rules = await exchange.rules(symbol);
    const books = await readBooks(
      {
        slot: line,
        rules,
        budget: settings.hold.strategy.quoteBudget,
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
      { symbol, history, everyNth, decideEvery: market.symbols.length, settings, rules, engine: () => engine },
      createFeatureComputer(aresCore, TIMEFRAME),
    );
    const journal = createLedgerJournal(
      {
        slot: line,
        sessionId: 'bench',
        guard: lease.guard,
        accountVersion: books.accountVersion,
        orderVersions: books.orderVersions,
        marketTime: () => epochMillis(engine.counters.lastBarClose),
        onFailure: fatal.reject,
      },
      { ledger, wallClock },
    );
    engine = new TradingEngine(
      {
        slot: line,
        rules,
        timeframe: TIMEFRAME,
        features: driver.features,
        settings: settings.hold,
        mode: 'ACTIVE',
        account: books.account,
        openOrders: [],
        capabilities: await exchange.capabilities(symbol),
        exposure,
        decidedBars: new Set(),
        fence: lease,
        recvWindowMs: RECV_WINDOW_MS,
        // A bar may close at every trade here.
        rehearseWithinMs: Number.POSITIVE_INFINITY,
        onBarDone: driver.done,
        onFatal: fatal.reject,
      },
      {
        exchange: { ...exchange, submit: watchSubmit(exchange, line, driver, probe.writtenAt, keep, fail) },
        journal: journalOrders(journal, fail),
        monotonic,
        timers,
        log: silent,
      },
    );
    return { engine, driver, rules, flush: () => journal.flush() };
  };

  const bySymbol = new Map<string, Awaited<ReturnType<typeof openLine>>>();
  for (const [index, line] of linesOf(slot).entries()) {
    const symbol = market.symbols[index] as string;
    bySymbol.set(symbol, await openLine(line, symbol));
  }
  const lines = [...bySymbol.values()];
  const feeds = market.symbols.map((symbol) => ({ symbol, timeframe: TIMEFRAME }));
  let stream: Awaited<ReturnType<typeof exchange.stream>> | undefined;

  return {
    lines,
    failure: fatal.promise,
    async use(runId, model) {
      for (const { engine, driver } of lines) {
        const predictor = await onnxPredictorLoader().load(model);
        const columns = selectColumns(predictor.signature, aresCore);
        const watched = watchPredictor(predictor, driver);
        await new Promise<void>((swapped) => {
          engine.accept({ kind: 'model', model: { runId, predictor: watched, columns }, swapped });
        });
      }
    },
    async listen(isOver) {
      stream = await exchange.stream({ feeds }, (message) => {
        if ('symbol' in message) {
          if (!isOver()) bySymbol.get(message.symbol)?.driver.follow(message, probe.readAt());
          return;
        }
        const symbol = message.kind === 'order' ? message.report.symbol : undefined;
        const of = message.kind === 'fill' ? message.fill.symbol : symbol;
        for (const [each, { engine }] of bySymbol) if (of === undefined || of === each) engine.accept(message);
      });
    },
    idle: async () => {
      for (const { engine } of lines) await Promise.race([engine.idle(), fatal.promise]);
    },
    async close() {
      await stream?.close();
      for (const { engine } of lines) engine.stop();
      for (const { flush } of lines) await flush();
      await lease.release();
      for (const { engine } of lines) await engine.model?.predictor.release();
      await exchange.close();
    },
  };
}
