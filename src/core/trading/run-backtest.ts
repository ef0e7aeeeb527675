import { AresError } from '../ares-error.ts';
import type { LiveConfig } from '../config/live-config.ts';
import type { Candle } from '../market-data/candle.ts';
import { timeframeMillis } from '../market-data/timeframe.ts';
import { parseSlotId, type SlotId } from '../models/slot.ts';
import type { StreamMessage } from '../ports/exchange.ts';
import type { Log } from '../ports/log.ts';
import { createExposure } from '../risk/exposure.ts';
import { createSimulatedExchange, type SimulatedExchange } from '../simulation/simulated-exchange.ts';
import { createVenue, emptyVenue } from '../simulation/venue.ts';
import { type BacktestModel, batchedRows, type RowsOf, singleRows } from './backtest-source.ts';
import { type BacktestVenue, backtestRules, DEFAULT_QUEUE } from './backtest-venue.ts';
import type { Decision } from './decision.ts';
import type { DecisionInputs } from './decision-inputs.ts';
import { TradingEngine } from './engine.ts';
import type { EngineModel } from './engine-model.ts';
import { engineSettings } from './engine-settings.ts';
import { type Decimal, ZERO } from './money.ts';
import type { OwnOrder } from './own-order.ts';
import { openAccount, type SlotAccount } from './slot-account.ts';

export type { BacktestModel };

export interface BacktestRequest {
  /** Of one market. */
  readonly slot: SlotId;
  /** In the order of their `from`; the first decides from `from` of the request on. */
  readonly models: readonly BacktestModel[];
  /** In the order of time; those before `from` only warm the features up. */
  readonly candles: readonly Candle[];
  /** Open time of the first bar decided on. */
  readonly from: number;
  readonly config: LiveConfig;
  readonly venue?: BacktestVenue;
  /** `batch` computes features and probabilities beforehand, `single` bar by bar as live; the results are the same, bit for bit. */
  readonly inference?: 'batch' | 'single';
  /** Computes the rows of a batch in another way, to compare with others on equal work. */
  readonly rowsOf?: RowsOf;
  readonly onProgress?: (done: number, of: number) => void;
  readonly onDecision?: (decision: Decision, inputs: DecisionInputs) => void;
}

export interface BacktestResult {
  readonly bars: number;
  readonly decisions: readonly Decision[];
  /** Ended ones in the order they ended, then those still open. */
  readonly orders: readonly OwnOrder[];
  readonly account: SlotAccount;
  /** After each bar, in quote currency at the bar's close. */
  readonly equity: readonly number[];
}

/**
 * Trades candles with the engine that trades live, on a simulated exchange with its fees, spread, depth, queue and latency, in market time.
 *
 * An order decided on a bar's close meets the book at that close, or later where there is latency. The account begins with the strategy's budget.
 *
 * @throws AresError `BACKTEST_EMPTY` when no candle is at or after `from`, `SIGNATURE_MISMATCH`, `BACKTEST_VENUE`
 */
export async function runBacktest(request: BacktestRequest, log: Log): Promise<BacktestResult> {
  const { slot, candles, config, venue: terms = {}, inference = 'batch' } = request;
  const { symbols, timeframe } = parseSlotId(slot);
  const [symbol = ''] = symbols;
  const first = candles.findIndex((candle) => candle.openTime >= request.from);
  if (first < 0) {
    throw new AresError(
      'BACKTEST_EMPTY',
      `candles must reach past ${request.from}, the last opened at ${candles.at(-1)?.openTime ?? 'none'}`,
    );
  }
  const barMillis = timeframeMillis(timeframe);
  const history = candles.slice(0, first);
  const traded = candles.slice(first);
  const models = request.models.map((model, at) => (at === 0 ? { ...model, from: request.from } : model));
  const settings = engineSettings(config);
  const budget = settings.strategy.quoteBudget;
  const rules = backtestRules(symbol, terms);
  const venue = createVenue(rules, emptyVenue({ [rules.quote]: budget.toFixed() }), {
    queue: terms.queue ?? DEFAULT_QUEUE,
  });
  const { latencyMs = 0 } = terms;
  const exchange = createSimulatedExchange(venue, barMillis, history, {
    latencyMs,
    points: watchesPrices(config),
  });
  const source =
    inference === 'batch'
      ? await batchedRows(models, candles, timeframe, request.rowsOf)
      : singleRows(models, timeframe);
  const decisions: Decision[] = [];
  const orders: OwnOrder[] = [];
  let failure: unknown;
  const engine: TradingEngine = new TradingEngine(
    {
      slot,
      rules,
      timeframe,
      settings,
      capabilities: await exchange.capabilities(symbol),
      features: source.features,
      mode: 'ACTIVE',
      account: openAccount({ base: ZERO, quote: budget }, budget),
      openOrders: [],
      decidedBars: new Set(),
      fence: { epoch: 1, holds: () => true },
      recvWindowMs: 0,
      exposure: createExposure(),
      onFatal: (error) => {
        failure = error;
      },
    },
    {
      exchange,
      log,
      monotonic: { now: () => exchange.now },
      // As in step with the paper exchange: time goes on at closes.
      ...(latencyMs === 0 ? { pace: { now: () => engine.marketTime } } : {}),
      timers: { sleep: async () => undefined, every: () => () => undefined },
      journal: {
        decision: (decision, inputs) => {
          decisions.push(decision);
          request.onDecision?.(decision, inputs);
        },
        settled: (order) => void orders.push(order),
        intent: () => undefined,
        marked: () => undefined,
        transferred: () => undefined,
        swapped: () => undefined,
        failed: () => undefined,
        flush: async () => undefined,
      },
    },
  );
  if (source.needsHistory) engine.seed(history);
  else engine.seed(history.slice(-1));
  const heard = latencyMs === 0 ? atClose(exchange, engine) : delayed(exchange, engine, symbol);
  const stream = await exchange.stream({ feeds: [{ symbol, timeframe }] }, heard.listen);
  const equity: number[] = [];
  const worth = equityMeter(budget);
  let model = 0;
  for (const [index, candle] of traded.entries()) {
    const due = models[model];
    if (due && candle.openTime >= due.from) {
      await swapTo(source.models[model] as EngineModel, engine);
      model += 1;
    }
    const wait = heard.play(candle);
    if (wait) await wait;
    if (failure !== undefined) throw failure;
    equity.push(worth(engine.account, candle.close));
    if (index % 500 === 499) request.onProgress?.(index + 1, traded.length);
  }
  request.onProgress?.(traded.length, traded.length);
  await stream.close();
  const { account, openOrders } = engine.snapshot();
  return { bars: traded.length, decisions, orders: [...orders, ...openOrders], account, equity };
}

async function swapTo(model: EngineModel, engine: TradingEngine): Promise<void> {
  engine.accept({ kind: 'model', model, swapped: () => undefined });
  await engine.idle();
}

/** Where the engine itself watches for stops and profits it must hear the prices within a bar; elsewhere nothing but closes matters. */
function watchesPrices({ exits }: LiveConfig): boolean {
  const { protection, stopLossFraction, takeProfitFraction, trailingStopFraction } = exits;
  return protection === 'engine' && stopLossFraction + takeProfitFraction + trailingStopFraction > 0;
}

interface Hearing {
  listen(message: StreamMessage): void;
  /** Plays a bar and lets everything that follows from it happen; waits only when something does. */
  play(candle: Candle): Promise<void> | undefined;
}

/**
 * What happens within a bar is heard at its close, what orders did before what the market did, as a trader hears it that is in step with the paper exchange.
 * Prices within a bar come in an assumed order, so that reacting to one and profiting from the next would be look-ahead.
 */
function atClose(exchange: SimulatedExchange, engine: TradingEngine): Hearing {
  const ofAccount: StreamMessage[] = [];
  const ofMarket: StreamMessage[] = [];
  let playing = false;
  return {
    listen(message) {
      if (!playing) engine.accept(message);
      else if (message.kind === 'order' || message.kind === 'fill') ofAccount.push(message);
      else ofMarket.push(message);
    },
    play(candle) {
      playing = true;
      exchange.play(candle);
      playing = false;
      for (const message of ofAccount) engine.accept(message);
      for (const message of ofMarket) engine.accept(message);
      ofAccount.length = 0;
      ofMarket.length = 0;
      return engine.isIdle ? undefined : engine.idle();
    },
  };
}

/** With latency an order arrives, and is answered, only when the market has moved on: what happens within a bar is heard there. */
function delayed(exchange: SimulatedExchange, engine: TradingEngine, symbol: string): Hearing {
  const settle = () => Promise.race([engine.idle(), exchange.sent()]);
  return {
    listen: (message) => engine.accept(message),
    async play(candle) {
      await exchange.playSlowly(new Map([[symbol, candle]]), settle);
      await settle();
    },
  };
}

/** What the account is worth at a price; the books are read again only when they have changed. */
function equityMeter(budget: Decimal): (account: SlotAccount, close: number) => number {
  const start = budget.toNumber();
  let of: SlotAccount | undefined;
  let [cash, held] = [0, 0];
  return (account, close) => {
    if (account !== of) {
      of = account;
      cash = start + account.quoteFlow.toNumber();
      held = account.position.quantity.toNumber();
    }
    return cash + held * close;
  };
}
