import { candleFile } from '#port/candle-file';
import { commandQueue } from '#port/command-queue';
import { dataDirectory } from '#port/data-directory';
import { eventBus } from '#port/event-bus';
import { ledger } from '#port/ledger';
import { log } from '#port/log';
import { marketClock } from '#port/market-clock';
import { marketData } from '#port/market-data';
import { modelStore } from '#port/model-store';
import { monotonic } from '#port/monotonic';
import { outbox } from '#port/outbox';
import { predictorLoader } from '#port/predictor-loader';
import { random } from '#port/random';
import { secrets } from '#port/secrets';
import { timers } from '#port/timers';
import { trainer } from '#port/trainer';
import { wallClock } from '#port/wall-clock';
import { buildPorts } from '../../src/compose/provided.ts';
import { AresError } from '../../src/core/ares-error.ts';
import { readConfig } from '../../src/core/config/read-config.ts';
import type { Candle, Timeframe } from '../../src/core/market-data/candle.ts';
import { timeframe } from '../../src/core/market-data/timeframe.ts';
import type { ModelRecord } from '../../src/core/models/model-record.ts';
import { findModel } from '../../src/core/models/read-models.ts';
import { type SlotId, slotId } from '../../src/core/models/slot.ts';
import { ensureSlot } from '../../src/core/models/slot-registry.ts';
import type { EpochMillis } from '../../src/core/ports/clock.ts';
import { type PlannedCandidate, planCandidates } from './candidate-plan.ts';
import { type CandidatePorts, type CandidateSource, startCandidates } from './candidate-source.ts';
import { countEvents } from './count-events.ts';
import { createFunctionHost, type FunctionHost, type FunctionHostPorts } from './function-host/create-function-host.ts';
import { handlers } from './handlers.generated.ts';
import { type MarketSplit, splitMarket } from './market-split.ts';
import { BUNDLED_CANDLES, type PaperMarket, startPaperMarket } from './paper-market.ts';
import type { LocalSettings } from './settings.ts';
import { type SupervisedTrader, superviseTrader } from './trader-process.ts';

/** What tells the user how it goes. */
export interface Narrator {
  say(line: string): void;
  training(planned: PlannedCandidate, trees: number, of: number): void;
}

export interface Machine {
  readonly slot: SlotId;
  readonly split: MarketSplit;
  readonly host: FunctionHost;
  readonly ports: ReturnType<typeof machinePorts>;
  readonly quoteBalance: string;
  /** Events handed to the bus since the start. */
  readonly eventsByType: Readonly<Record<string, number>>;
  /** Registers what has arrived after so many bars, lets the promotion check decide, and says what came of it. */
  arrive(bars: number, now: EpochMillis): Promise<void>;
  /** Starts the trader and keeps it running; the signal ends a start that is under way. */
  startTrader(signal: AbortSignal): Promise<SupervisedTrader>;
  /** Rejects with AresError `PROCESS_FAILED` when the paper exchange ends by itself: there is nothing left to trade on. */
  readonly broken: Promise<never>;
  stop(): Promise<void>;
}

/** On an exchange that trades the present, what is trained on. */
const EXTERNAL_CANDLES = 20_000;

const machinePorts = () =>
  buildPorts<FunctionHostPorts & CandidatePorts & { readonly commandQueue: ReturnType<typeof commandQueue> }>({
    commandQueue: () => commandQueue('trader'),
    eventBus,
    ledger,
    log,
    modelStore,
    monotonic,
    outbox,
    predictorLoader,
    random,
    timers,
    trainer,
    wallClock,
    marketClock,
  });

/**
 * Starts everything but the trader: data directory, exchange, functions and the training of candidates.
 *
 * Sets the environment that the ports and the trader read; so a process starts one machine only.
 *
 * @throws AresError `ALREADY_RUNNING`, `KEYS_MISSING`, `KEYS_EXPOSED`, `KEYS_INVALID`, `CANDLES_INVALID`, `CANDLES_TOO_FEW`, `PROCESS_FAILED`, and what the database says of itself
 */
export async function startMachine(
  settings: LocalSettings,
  options: { readonly lockstep: boolean; readonly everyBars: (liveBars: number) => number },
  narrator: Narrator,
): Promise<Machine> {
  const { dataDir, external, symbol } = settings;
  const account = external ? 'binance' : 'paper';
  process.env.ARES_DATA_DIR = dataDir;
  process.env.ARES_LOG_LEVEL ??= 'warn';
  process.env.ARES_SEED = String(settings.seed);
  const lock = dataDirectory.lock(dataDir);
  let market: PaperMarket | undefined;
  let candidates: CandidateSource | undefined;
  try {
    const { config } = await readConfig(ledger());
    const quoteBalance = config.strategy.quoteBudget;
    let history: { readonly candles: readonly Candle[]; readonly timeframe: Timeframe; readonly split: MarketSplit };
    if (external) {
      setExchange({
        url: external.url,
        ws: external.ws,
        keys: external.keys,
        control: process.env.ARES_CONTROL_URL,
        lockstep: false,
      });
      // Keys that cannot be used are better found before a model is trained than after.
      await secrets().exchangeKeys(account);
      narrator.say(`Reading the newest ${EXTERNAL_CANDLES} candles of ${symbol} from ${external.url}.`);
      history = await readExternal(symbol);
    } else {
      const path = settings.data ?? BUNDLED_CANDLES;
      const series = await candleFile.read(path);
      const split = splitMarket(series.candles, series.timeframe);
      market = await startPaperMarket({
        dataDir,
        candles: path,
        symbol,
        liveFrom: split.liveFrom,
        quoteBalance,
        lockstep: options.lockstep,
      });
      setExchange({
        url: market.url,
        ws: undefined,
        keys: market.keysFile,
        control: market.url,
        lockstep: options.lockstep,
      });
      narrator.say(
        `The paper exchange on ${market.url} replays ${series.candles.length} candles of ${symbol}, ${series.timeframe} each${series.gaps.length > 0 ? `, with ${series.gaps.length} gaps` : ''}.`,
      );
      history = { ...series, split };
    }
    const slot = slotId({
      account,
      strategy: 'trend',
      symbols: [symbol],
      timeframe: history.timeframe,
    });
    process.env.ARES_SLOT = slot;
    const ports = machinePorts();
    await ensureSlot(ports.ledger, slot, ports.wallClock.now());
    const { split } = history;
    const plan = planCandidates({
      timeframe: history.timeframe,
      trainUntil: split.trainUntil,
      validateUntil: split.validateUntil,
      everyBars: options.everyBars(split.liveBars),
      seed: settings.seed,
    });
    const running = await startCandidates(
      {
        slot,
        plan,
        sessionId: ports.random.id(),
        candles: history.candles.filter((candle) => candle.openTime < split.validateUntil),
        onProgress: (planned, { trees, of }) => narrator.training(planned, trees, of),
      },
      ports,
    );
    candidates = running;
    const counted = countEvents(ports.eventBus);
    const host = createFunctionHost({ ...ports, eventBus: counted.bus }, { handlers });
    await host.warmUp();
    let stopping = false;
    const broken = endOf(market, () => stopping);
    return {
      slot,
      split,
      host,
      ports,
      quoteBalance,
      eventsByType: counted.byType,
      arrive: async (bars, now) => {
        for (const { planned, trained, outcome } of await running.arrive(bars, now)) {
          await settleFunctions(
            host,
            options.lockstep,
            async () => isDecided((await findModel(ports.ledger, slot, planned.runId))?.record),
            ports.timers,
          );
          const state = (await findModel(ports.ledger, slot, planned.runId))?.record;
          const accuracy = trained.metrics
            ? `${(trained.metrics.accuracy * 100).toFixed(2)} % right on ${trained.counts.validationRows} unseen bars`
            : 'not measured';
          narrator.say(
            `Candidate ${planned.runId} (${planned.about}): ${accuracy} → ${outcome.outcome === 'refused' ? outcome.reason : `${state?.state} (${state?.waiting?.reason ?? state?.reason})`}`,
          );
        }
      },
      startTrader: (signal) => superviseTrader({ dataDir, say: narrator.say }, ports, signal),
      broken,
      stop: async () => {
        stopping = true;
        running.stop();
        await host.stop();
        await marketData().close();
        await market?.process.stop();
        lock.release();
      },
    };
  } catch (error) {
    candidates?.stop();
    await market?.process.stop();
    lock.release();
    throw error;
  }
}

function endOf(market: PaperMarket | undefined, expected: () => boolean): Promise<never> {
  const broken = Promise.withResolvers<never>();
  // Whoever does not ask for it learns from the first request that fails.
  broken.promise.catch(() => undefined);
  void market?.process.ended.then((how) => {
    if (expected()) return;
    broken.reject(
      new AresError(
        'PROCESS_FAILED',
        `the paper exchange must run as long as the runner, ended with ${how}: ${market.process.lastWords()}`,
        { name: market.process.name },
      ),
    );
  });
  return broken.promise;
}

/** Whether the promotion check has looked at it: one it cannot compare with the champion stays a candidate, and waits. */
const isDecided = (record: ModelRecord | undefined): boolean =>
  record !== undefined && (record.state !== 'candidate' || record.waiting !== null);

/** In lockstep nothing runs by itself; otherwise the host does, and is waited for. */
async function settleFunctions(
  host: FunctionHost,
  lockstep: boolean,
  decided: () => Promise<boolean>,
  wait: { sleep(ms: number): Promise<void> },
): Promise<void> {
  if (lockstep) {
    await host.pump();
    return;
  }
  for (let tries = 0; tries < 200 && !(await decided()); tries += 1) await wait.sleep(50);
}

function setExchange(exchange: {
  readonly url: string;
  readonly ws: string | undefined;
  readonly keys: string;
  readonly control: string | undefined;
  readonly lockstep: boolean;
}): void {
  const values = {
    ARES_EXCHANGE_URL: exchange.url,
    ARES_EXCHANGE_WS: exchange.ws,
    ARES_KEYS_FILE: exchange.keys,
    ARES_CONTROL_URL: exchange.control,
    ARES_LOCKSTEP: exchange.lockstep ? '1' : '0',
  };
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** Trains on the older four fifths of the recent past, measures on the rest, and trades from now on. */
async function readExternal(
  symbol: string,
): Promise<{ readonly candles: readonly Candle[]; readonly timeframe: Timeframe; readonly split: MarketSplit }> {
  const tf = timeframe('1m');
  const candles = await marketData().candles({ symbol, timeframe: tf, limit: EXTERNAL_CANDLES });
  splitMarket(candles, tf);
  const last = (candles.at(-1) as Candle).openTime;
  const split = {
    trainUntil: (candles[Math.floor(candles.length * 0.8)] as Candle).openTime,
    validateUntil: last,
    liveFrom: await marketClock().now(),
    liveBars: Number.MAX_SAFE_INTEGER,
  };
  return { candles, timeframe: tf, split };
}
