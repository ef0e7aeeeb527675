import { readCandleFile } from '../../src/adapters/local/candle-file.ts';
import { DEFAULT_CONFIG } from '../../src/core/config/live-config.ts';
import { aresCore } from '../../src/core/features/ares-core.ts';
import { createFeatureComputer } from '../../src/core/features/feature-computer.ts';
import { requiredHistory } from '../../src/core/features/feature-set.ts';
import type { Candle } from '../../src/core/market-data/candle.ts';
import { timeframe } from '../../src/core/market-data/timeframe.ts';
import { selectColumns } from '../../src/core/models/select-columns.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import type { Predictor } from '../../src/core/ports/predictor.ts';
import { createExposure } from '../../src/core/risk/exposure.ts';
import { simulatedMarketRules } from '../../src/core/simulation/market-rules.ts';
import { createSimulatedExchange } from '../../src/core/simulation/simulated-exchange.ts';
import { createVenue, emptyVenue } from '../../src/core/simulation/venue.ts';
import { TradingEngine } from '../../src/core/trading/engine.ts';
import { engineSettings } from '../../src/core/trading/engine-settings.ts';
import { decimal, ZERO } from '../../src/core/trading/money.ts';
import { openAccount } from '../../src/core/trading/slot-account.ts';
import { fileOf } from '../measure/named-folder.ts';

const BAR = 60_000;
const nothing = () => undefined;
const nowhere = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** In milliseconds, one value a bar or an order. */
export interface EngineAloneRun {
  /** Closed bar handed to the engine → the model's answer. */
  readonly toDecision: readonly number[];
  /** Closed bar handed to the engine → the simulated venue has taken the order. */
  readonly toSubmit: readonly number[];
}

/** The candles the peers are measured on. @throws AresError `BENCH_DATA_MISSING` */
export const readPeerCandles = async (): Promise<readonly Candle[]> =>
  (await readCandleFile(fileOf('ARES_DATA', 'BTC_USDT-1m-2021.csv.gz'))).candles;

/**
 * The engine on closed bars, one straight after the other, with a venue inside the process: what NautilusTrader's figures are of. Long above one half, else flat;
 * the budget is as large as there, so that fees end nothing.
 */
export async function runEngineAlone(candles: readonly Candle[], predictor: Predictor): Promise<EngineAloneRun> {
  const rules = simulatedMarketRules('BTC/USDT');
  const budget = decimal('10000000');
  const standard = engineSettings(DEFAULT_CONFIG);
  const history = candles.slice(0, requiredHistory);
  const venue = createVenue(rules, emptyVenue({ USDT: budget.toFixed() }));
  const exchange = createSimulatedExchange(venue, BAR, history);
  const toDecision: number[] = [];
  const toSubmit: number[] = [];
  let handedAt = 0;
  let failure: unknown;
  const engine = new TradingEngine(
    {
      slot: 'paper:bench:BTC/USDT:1m' as SlotId,
      rules,
      timeframe: timeframe('1m'),
      settings: {
        ...standard,
        strategy: {
          entryThreshold: 0.5,
          exitThreshold: 0.499_999,
          budgetFraction: decimal('0.00005'),
          quoteBudget: budget,
        },
        // One order a change of position, as there: no stop beside it.
        exits: { ...standard.exits, stopLossFraction: 0 },
        limits: { ...standard.limits, maxOrdersPerMinute: 1_000_000, maxConsecutiveLosses: 0 },
      },
      capabilities: await exchange.capabilities(rules.symbol),
      openOrders: [],
      exposure: createExposure(),
      features: createFeatureComputer(aresCore, timeframe('1m')),
      mode: 'ACTIVE',
      account: openAccount({ base: ZERO, quote: budget }, budget),
      decidedBars: new Set(),
      fence: { epoch: 1, holds: () => true },
      recvWindowMs: 0,
      onFatal: (error) => {
        failure = error;
      },
    },
    {
      exchange: {
        ...exchange,
        submit(order) {
          const answer = exchange.submit(order);
          toSubmit.push(performance.now() - handedAt);
          return answer;
        },
      },
      log: nowhere,
      monotonic: { now: () => exchange.now },
      timers: { sleep: async () => undefined, every: () => nothing },
      journal: {
        decision: nothing,
        settled: nothing,
        intent: nothing,
        marked: nothing,
        transferred: nothing,
        swapped: nothing,
        failed: nothing,
        flush: async () => undefined,
      },
    },
  );
  const watched: Predictor = {
    ...predictor,
    predict(row) {
      const stamp = (probability: number): number => {
        toDecision.push(performance.now() - handedAt);
        return probability;
      };
      const answer = predictor.predict(row);
      return typeof answer === 'number' ? stamp(answer) : answer.then(stamp);
    },
  };
  engine.seed(history);
  const columns = selectColumns(predictor.signature, aresCore);
  engine.accept({ kind: 'model', swapped: nothing, model: { runId: 'bench', predictor: watched, columns } });
  const stream = await exchange.stream({ feeds: [{ symbol: rules.symbol, timeframe: timeframe('1m') }] }, (message) => {
    handedAt = performance.now();
    engine.accept(message);
  });
  for (const candle of candles.slice(history.length)) {
    exchange.play(candle);
    await engine.idle();
    if (failure !== undefined) throw failure;
  }
  await stream.close();
  return { toDecision, toSubmit };
}
