import { AresError } from '../ares-error.ts';
import type { LiveConfig } from '../config/live-config.ts';
import { aresCore } from '../features/ares-core.ts';
import { createFeatureComputer } from '../features/feature-computer.ts';
import type { Candle } from '../market-data/candle.ts';
import { timeframeMillis } from '../market-data/timeframe.ts';
import { selectColumns } from '../models/select-columns.ts';
import { parseSlotId, type SlotId } from '../models/slot.ts';
import type { Log } from '../ports/log.ts';
import type { Predictor } from '../ports/predictor.ts';
import { simulatedMarketRules } from '../simulation/market-rules.ts';
import { createSimulatedExchange } from '../simulation/simulated-exchange.ts';
import { createVenue, emptyVenue } from '../simulation/venue.ts';
import type { Decision } from './decision.ts';
import { TradingEngine } from './engine.ts';
import { engineSettings } from './engine-settings.ts';
import { decimal, ZERO } from './money.ts';
import type { OwnOrder } from './own-order.ts';
import { equityOf, openAccount, type SlotAccount } from './slot-account.ts';

export interface BacktestRequest {
  readonly slot: SlotId;
  readonly runId: string;
  readonly predictor: Predictor;
  /** In the order of time; those before `from` only warm the features up. */
  readonly candles: readonly Candle[];
  /** Open time of the first bar decided on. */
  readonly from: number;
  readonly config: LiveConfig;
  readonly onProgress?: (done: number, of: number) => void;
}

export interface BacktestResult {
  readonly bars: number;
  readonly decisions: readonly Decision[];
  readonly orders: readonly OwnOrder[];
  readonly account: SlotAccount;
  /** After each bar, in quote currency at the bar's close. */
  readonly equity: readonly number[];
}

/**
 * Trades candles with the engine that trades live, on a simulated venue with its fees, spread and depth, in market time.
 *
 * An order decided on a bar's close meets the book at that close. The account begins with the strategy's budget.
 *
 * @throws AresError `BACKTEST_EMPTY` when no candle is at or after `from`
 */
export async function runBacktest(request: BacktestRequest, log: Log): Promise<BacktestResult> {
  const { slot, candles, predictor, config } = request;
  const { symbols, timeframe } = parseSlotId(slot);
  const rules = simulatedMarketRules(symbols[0] as string);
  const first = candles.findIndex((candle) => candle.openTime >= request.from);
  if (first < 0)
    throw new AresError(
      'BACKTEST_EMPTY',
      `candles must reach past ${request.from}, the last opened at ${candles.at(-1)?.openTime ?? 'none'}`,
    );
  const history = candles.slice(0, first);
  const traded = candles.slice(first);
  const settings = engineSettings(config);
  const budget = settings.strategy.quoteBudget;
  const venue = createVenue(rules, emptyVenue({ [rules.quote]: budget.toFixed() }));
  const exchange = createSimulatedExchange(venue, timeframeMillis(timeframe), history);
  const decisions: Decision[] = [];
  const orders: OwnOrder[] = [];
  const equity: number[] = [];
  let failure: unknown;
  const engine = new TradingEngine(
    {
      slot,
      rules,
      timeframe,
      settings,
      features: createFeatureComputer(aresCore, timeframe),
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
      exchange,
      log,
      monotonic: { now: () => exchange.now },
      timers: { sleep: async () => undefined, every: () => () => undefined },
      journal: {
        decision: (decision) => void decisions.push(decision),
        settled: (order) => void orders.push(order),
        intent: () => undefined,
        marked: () => undefined,
        swapped: () => undefined,
        failed: () => undefined,
        flush: async () => undefined,
      },
    },
  );
  engine.seed(history);
  engine.accept({
    kind: 'model',
    swapped: () => undefined,
    model: { runId: request.runId, predictor, columns: selectColumns(predictor.signature, aresCore) },
  });
  const stream = await exchange.stream({ symbols, timeframe }, (message) => engine.accept(message));
  for (const [index, candle] of traded.entries()) {
    exchange.play(candle);
    await engine.idle();
    if (failure !== undefined) throw failure;
    equity.push(equityOf(engine.account, budget, decimal(String(candle.close))).toNumber());
    if (index % 500 === 499) request.onProgress?.(index + 1, traded.length);
  }
  request.onProgress?.(traded.length, traded.length);
  await stream.close();
  return { bars: traded.length, decisions, orders, account: engine.account, equity };
}
