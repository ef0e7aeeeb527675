import { DEFAULT_CONFIG, type LiveConfig } from '../../src/core/config/live-config.ts';
import type { Candle, Timeframe } from '../../src/core/market-data/candle.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type { Exchange, MarketCapabilities, Transfer } from '../../src/core/ports/exchange.ts';
import type { Log } from '../../src/core/ports/log.ts';
import type { ModelHash } from '../../src/core/ports/model-store.ts';
import type { Predictor } from '../../src/core/ports/predictor.ts';
import { createExposure } from '../../src/core/risk/exposure.ts';
import { simulatedMarketRules } from '../../src/core/simulation/market-rules.ts';
import {
  createSimulatedExchange,
  type SimulatedExchange,
  type SimulatedExchangeOptions,
} from '../../src/core/simulation/simulated-exchange.ts';
import { createVenue, emptyVenue } from '../../src/core/simulation/venue.ts';
import type { Decision } from '../../src/core/trading/decision.ts';
import type { DecisionInputs } from '../../src/core/trading/decision-inputs.ts';
import { TradingEngine } from '../../src/core/trading/engine.ts';
import type { EngineModel } from '../../src/core/trading/engine-model.ts';
import type { EngineOptions, EnginePorts } from '../../src/core/trading/engine-options.ts';
import { engineSettings } from '../../src/core/trading/engine-settings.ts';
import { decimal, ZERO } from '../../src/core/trading/money.ts';
import type { OwnOrder } from '../../src/core/trading/own-order.ts';
import { openAccount, type SlotAccount } from '../../src/core/trading/slot-account.ts';

export const BAR = 60_000;
export const slot = 'paper:trend:BTC/USDT:1m' as SlotId;
export const rules = simulatedMarketRules('BTC/USDT');
export const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** What an exchange can do that can do everything. */
export const CAPABILITIES: MarketCapabilities = {
  orderTypes: new Set(['market', 'limit', 'post_only', 'stop']),
  pairs: true,
  replace: true,
  socketOrders: true,
  requestWindow: true,
  reusesClientOrderIds: false,
  transfers: true,
};

/** Nothing is left but by signal. */
export const NO_EXITS: LiveConfig['exits'] = { ...DEFAULT_CONFIG.exits, stopLossFraction: 0 };

/** The `index`-th bar of a market that stands around `close`. */
export const bar = (index: number, close = 40_000): Candle => ({
  openTime: epochMillis(index * BAR),
  open: close,
  high: close + 5,
  low: close - 5,
  close,
  volume: 30,
});

/** A model that says what `probabilityAt` says, by the number of its predictions. */
export function scriptedModel(
  probabilityAt: (prediction: number) => number,
  runId = 'run-1',
  hash = 'a'.repeat(64),
): EngineModel & { released: boolean } {
  let predictions = 0;
  const model = {
    runId,
    columns: [0],
    released: false,
    predictor: {
      modelHash: hash as ModelHash,
      signature: {} as Predictor['signature'],
      predict: async () => probabilityAt(predictions++),
      predictBatch: async () => new Float32Array(0),
      release: async () => {
        model.released = true;
      },
    },
  };
  return model;
}

/** The order that waits for its end, where there is one. */
export const onlyOrder = (engine: TradingEngine): OwnOrder | undefined => {
  const { openOrders } = engine.snapshot();
  if (openOrders.length > 1) throw new Error(`there must be one open order, were ${openOrders.length}`);
  return openOrders[0];
};

export interface Harness {
  readonly engine: TradingEngine;
  readonly exchange: SimulatedExchange;
  readonly decisions: Decision[];
  readonly inputs: DecisionInputs[];
  readonly settled: { order: OwnOrder; account: SlotAccount; realisedPnl: string }[];
  readonly intents: OwnOrder[];
  readonly marked: SlotAccount[];
  readonly transferred: Transfer[];
  readonly failures: { readonly code: string; readonly message: string }[];
  readonly swaps: string[];
  readonly done: number[];
  readonly fatal: unknown[];
  /** Lets every `sleep` return at once, as often as asked. */
  play(candle: Candle): Promise<void>;
}

/** The real engine on a simulated venue, without exits of its own unless `config` says so; `tamper` may spoil what the exchange does. */
export async function startEngine(
  options: Partial<EngineOptions> & {
    readonly tamper?: (exchange: SimulatedExchange) => Partial<EnginePorts['exchange']>;
    readonly config?: Partial<LiveConfig>;
    readonly model?: EngineModel | undefined;
    readonly timers?: EnginePorts['timers'];
    readonly monotonic?: EnginePorts['monotonic'];
    readonly venue?: SimulatedExchangeOptions;
    readonly balances?: Record<string, string>;
  } = {},
): Promise<Harness> {
  const venue = createVenue(rules, emptyVenue(options.balances ?? { USDT: '10000' }));
  const exchange = createSimulatedExchange(venue, BAR, [], options.venue);
  const harness = {
    decisions: [] as Decision[],
    inputs: [] as DecisionInputs[],
    transferred: [] as Transfer[],
    failures: [] as Harness['failures'],
    settled: [] as Harness['settled'],
    intents: [] as OwnOrder[],
    marked: [] as SlotAccount[],
    swaps: [] as string[],
    done: [] as number[],
    fatal: [] as unknown[],
  };
  const spoiled: Exchange = { ...exchange, ...options.tamper?.(exchange) };
  const row = new Float32Array([1]);
  const engine = new TradingEngine(
    {
      slot,
      rules,
      timeframe: '1m' as Timeframe,
      settings: engineSettings({ ...DEFAULT_CONFIG, exits: NO_EXITS, ...options.config }),
      features: { close: () => row },
      mode: 'ACTIVE',
      capabilities: CAPABILITIES,
      exposure: createExposure(),
      openOrders: [],
      account: openAccount({ base: ZERO, quote: decimal('10000') }, decimal('10000')),
      decidedBars: new Set(),
      fence: { epoch: 1, holds: () => true },
      recvWindowMs: 100,
      onBarDone: (barClose) => harness.done.push(barClose),
      onFatal: (error) => harness.fatal.push(error),
      ...options,
    },
    {
      exchange: spoiled,
      log: quiet,
      monotonic: options.monotonic ?? { now: () => exchange.now },
      timers: options.timers ?? {
        sleep: () => new Promise((resolve) => setImmediate(resolve)),
        every: () => () => undefined,
      },
      journal: {
        decision: (decision, inputs) => {
          harness.decisions.push(decision);
          harness.inputs.push(inputs);
        },
        transferred: (transfer) => harness.transferred.push(transfer),
        intent: (order) => harness.intents.push(order),
        settled: (order, account, realisedPnl) =>
          harness.settled.push({ order, account, realisedPnl: realisedPnl.toFixed() }),
        marked: (account) => harness.marked.push(account),
        swapped: (swap) => harness.swaps.push(swap.toRunId),
        failed: (failure) => harness.failures.push(failure),
        flush: async () => undefined,
      },
    },
  );
  await exchange.stream({ feeds: [{ symbol: 'BTC/USDT', timeframe: '1m' as Timeframe }] }, (message) =>
    engine.accept(message),
  );
  const model = 'model' in options ? options.model : scriptedModel((n) => (n % 2 === 0 ? 0.9 : 0.1));
  if (model) engine.accept({ kind: 'model', model, swapped: () => undefined });
  await engine.idle();
  return {
    ...harness,
    engine,
    exchange,
    play: async (candle) => {
      exchange.play(candle);
      await engine.idle();
    },
  };
}
