import type { Candle, Timeframe } from '../market-data/candle.ts';
import { timeframeMillis } from '../market-data/timeframe.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { Exchange, StreamMessage } from '../ports/exchange.ts';
import type { Predictor } from '../ports/predictor.ts';
import type { ProposedOrder } from '../risk/approved-order.ts';
import { checkRisk, type TradingMode } from '../risk/risk-engine.ts';
import { clientOrderId } from './client-order-id.ts';
import type { Decision } from './decision.ts';
import type { EngineCounters } from './engine-counters.ts';
import type { EngineSettings } from './engine-settings.ts';
import { type Decimal, decimal, type Price, price, ZERO } from './money.ts';
import { OrderDesk, type OrderDeskOptions, type OrderDeskPorts, type OrderNews } from './order-desk.ts';
import type { OwnOrder } from './own-order.ts';
import { equityOf, markEquity, type SlotAccount } from './slot-account.ts';
import { intentOf, type Signal, signalOf } from './strategy.ts';

/** Incremental features of closed bars; see the feature set for what a row holds. */
export interface BarFeatures {
  /** The row after a closed bar, `undefined` while there is not enough history; valid until the next call. */
  close(candle: Candle): Float32Array | undefined;
}

/** A model ready to decide: `columns[i]` is the feature set's column of the model's i-th input. */
export interface EngineModel {
  readonly runId: string;
  readonly predictor: Predictor;
  readonly columns: readonly number[];
}

export type EngineMessage =
  | StreamMessage
  | { readonly kind: 'model'; readonly model: EngineModel; readonly swapped: () => void }
  | { readonly kind: 'settings'; readonly settings: EngineSettings }
  | { readonly kind: 'mode'; readonly mode: TradingMode }
  | OrderNews;

export interface EnginePorts extends OrderDeskPorts {
  readonly exchange: OrderDeskPorts['exchange'] & Pick<Exchange, 'candles'>;
}

export interface EngineOptions extends Omit<OrderDeskOptions, 'counters' | 'barMillis'> {
  readonly timeframe: Timeframe;
  readonly features: BarFeatures;
  readonly settings: EngineSettings;
  readonly mode: TradingMode;
  /** Called when a bar's decision, its orders and its journal are done. */
  readonly onBarDone?: (barClose: EpochMillis) => void;
  /** Called once with what cannot be handled: the process must end, and the start-up path recovers. */
  readonly onFatal: (error: unknown) => void;
}

/**
 * The trading loop of one slot: one mailbox, one message at a time, so that nothing is ever decided by half a state.
 *
 * Live, paper and backtest differ only in the ports. Money is decimal; features and probabilities are floats.
 */
export class TradingEngine {
  readonly counters: EngineCounters = {
    candles: 0,
    trades: 0,
    bookTops: 0,
    duplicateCandles: 0,
    missingCandles: 0,
    decisions: 0,
    orders: 0,
    swaps: 0,
    errors: 0,
    lastBarClose: 0,
    lastDecisionUs: 0,
  };
  readonly #options: EngineOptions;
  readonly #ports: EnginePorts;
  readonly #mailbox: EngineMessage[] = [];
  readonly #barMillis: number;
  readonly #desk: OrderDesk;
  #running = false;
  #stopped = false;
  #idle: PromiseWithResolvers<void> | undefined;
  #settings: EngineSettings;
  #mode: TradingMode;
  #model: EngineModel | undefined;
  #row = new Float32Array(0);
  #book: { readonly bid: Price; readonly ask: Price } | undefined;
  #lastDataAt = Number.NEGATIVE_INFINITY;
  #lastOpenTime = Number.NEGATIVE_INFINITY;
  #lastClose = ZERO;
  #sent: { readonly id: string; readonly barClose: number }[] = [];
  #doneBar: EpochMillis | undefined;

  constructor(options: EngineOptions, ports: EnginePorts) {
    this.#options = options;
    this.#ports = ports;
    this.#settings = options.settings;
    this.#mode = options.mode;
    this.#barMillis = timeframeMillis(options.timeframe);
    const desk = { ...options, barMillis: this.#barMillis, counters: this.counters };
    this.#desk = new OrderDesk(desk, ports, (news) => this.accept(news));
  }

  get account(): SlotAccount {
    return this.#desk.account;
  }
  get mode(): TradingMode {
    return this.#mode;
  }
  get model(): EngineModel | undefined {
    return this.#model;
  }
  /** The order that has not ended yet. */
  get inFlight(): OwnOrder | undefined {
    return this.#desk.inFlight;
  }
  /** Market time as the bars tell it. */
  get marketTime(): EpochMillis {
    return epochMillis(this.counters.lastBarClose);
  }

  /** Feeds history without deciding on it; oldest first, before the first message. */
  seed(candles: readonly Candle[]): void {
    for (const candle of candles) {
      if (candle.openTime <= this.#lastOpenTime) continue;
      this.#options.features.close(candle);
      this.#follow(candle);
    }
  }

  /** Takes a message; it is handled at once when nothing else is, otherwise in its turn. */
  accept(message: EngineMessage): void {
    if (this.#stopped) return;
    this.#mailbox.push(message);
    if (!this.#running) void this.#run();
  }

  /** Resolves when the mailbox is empty and no order is in flight. */
  async idle(): Promise<void> {
    while (this.#running || this.#desk.inFlight) {
      this.#idle ??= Promise.withResolvers<void>();
      await this.#idle.promise;
    }
  }

  /** Takes no more messages. */
  stop(): void {
    this.#stopped = true;
    this.#desk.close();
    this.#mailbox.length = 0;
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      for (let next = this.#mailbox.shift(); next; next = this.#mailbox.shift()) {
        const more = this.#handle(next);
        if (more) await more;
        if (this.#doneBar !== undefined && !this.#desk.inFlight) await this.#barDone();
      }
    } catch (error) {
      this.counters.errors += 1;
      this.stop();
      this.#options.onFatal(error);
    } finally {
      this.#running = false;
      const idle = this.#idle;
      this.#idle = undefined;
      idle?.resolve();
    }
  }

  #handle(message: EngineMessage): Promise<void> | undefined {
    switch (message.kind) {
      case 'candle':
        this.#lastDataAt = message.receivedAt;
        return message.symbol === this.#options.rules.symbol && message.closed
          ? this.#closeBar(message.candle, message.receivedAt)
          : undefined;
      case 'trade':
        this.#lastDataAt = message.receivedAt;
        this.counters.trades += 1;
        return undefined;
      case 'book-top':
        this.#lastDataAt = message.receivedAt;
        this.counters.bookTops += 1;
        this.#book = { bid: message.bid, ask: message.ask };
        return undefined;
      case 'order':
        this.#desk.hear(message.report.clientOrderId, message.report, []);
        return undefined;
      case 'fill':
        this.#desk.hear(message.fill.clientOrderId ?? this.#desk.idOf(message.fill.exchangeOrderId), undefined, [
          message.fill,
        ]);
        return undefined;
      case 'connection':
        if (message.state === 'down') this.#book = undefined;
        this.#ports.log.info('connection', { channel: message.channel, state: message.state, reason: message.reason });
        if (message.state === 'up' && message.channel === 'account') this.#desk.ask();
        return undefined;
      case 'model':
        return this.#swap(message.model, message.swapped);
      case 'settings':
        this.#settings = message.settings;
        return undefined;
      case 'mode':
        this.#mode = message.mode;
        return undefined;
      case 'submitted':
        this.#desk.submitted(message.id, message.outcome);
        return undefined;
      case 'resolved':
        this.#desk.resolved(message.id, message.report, message.fills);
        return undefined;
    }
  }

  async #swap(model: EngineModel, swapped: () => void): Promise<void> {
    const old = this.#model;
    this.#model = model;
    this.#row = new Float32Array(model.columns.length);
    this.counters.swaps += old ? 1 : 0;
    this.#ports.journal.swapped({
      fromRunId: old?.runId ?? null,
      toRunId: model.runId,
      modelHash: model.predictor.modelHash,
    });
    await old?.predictor.release();
    swapped();
  }

  #follow(candle: Candle): void {
    this.#lastOpenTime = candle.openTime;
    this.#lastClose = decimal(String(candle.close));
    this.counters.lastBarClose = candle.openTime + this.#barMillis;
  }

  async #closeBar(candle: Candle, receivedAt: number): Promise<void> {
    this.counters.candles += 1;
    if (candle.openTime <= this.#lastOpenTime) {
      this.counters.duplicateCandles += 1;
      return;
    }
    if (candle.openTime > this.#lastOpenTime + this.#barMillis && Number.isFinite(this.#lastOpenTime))
      await this.#fillGap(candle);
    const row = this.#options.features.close(candle);
    this.#follow(candle);
    const decision = await this.#decide(candle, row);
    // A trader that was paused past its lease must not write over its successor's decision either.
    this.#desk.requireLease();
    this.counters.decisions += 1;
    this.counters.lastDecisionUs = (this.#ports.monotonic.now() - receivedAt) * 1000;
    this.#ports.journal.decision(decision);
    this.#doneBar = decision.barClose;
  }

  /** Reads what was missed, so that features are those of an unbroken feed; the market may also simply have paused. */
  async #fillGap(until: Candle): Promise<void> {
    const missing = (until.openTime - this.#lastOpenTime) / this.#barMillis - 1;
    const missed = await this.#ports.exchange.candles({
      symbol: this.#options.rules.symbol,
      timeframe: this.#options.timeframe,
      since: epochMillis(this.#lastOpenTime + this.#barMillis),
      limit: Math.min(missing, 1_000),
    });
    this.counters.missingCandles += missing;
    this.seed(missed.filter((candle) => candle.openTime < until.openTime));
  }

  async #decide(candle: Candle, row: Float32Array | undefined): Promise<Decision> {
    const barClose = epochMillis(candle.openTime + this.#barMillis);
    const model = this.#model;
    const base = {
      barClose,
      close: candle.close,
      runId: model?.runId ?? null,
      modelHash: model?.predictor.modelHash ?? null,
      probability: null,
      signal: null,
      action: 'none',
      clientOrderId: null,
      side: null,
      quantity: null,
    } as const;
    if (!model) return { ...base, reason: 'no model is in production' };
    if (!row) return { ...base, reason: 'not enough history for the features' };
    for (const [input, column] of model.columns.entries()) this.#row[input] = row[column] as number;
    const probability = await model.predictor.predict(this.#row);
    const signal = signalOf(probability, this.#settings.strategy);
    return this.#act({ ...base, probability, signal }, signal);
  }

  #act(base: Omit<Decision, 'reason'>, signal: Signal): Decision {
    const { slot, rules, fence } = this.#options;
    const { strategy, limits } = this.#settings;
    const { barClose } = base;
    const mark = this.#lastClose;
    const equity = equityOf(this.#desk.account, strategy.quoteBudget, mark);
    this.#mark(equity, barClose);
    const { account, inFlight } = this.#desk;
    if (inFlight) return { ...base, reason: `order ${inFlight.clientOrderId} is ${inFlight.state}` };
    if (this.#options.decidedBars.has(barClose))
      return { ...base, reason: 'an order for this bar was sent before a restart' };
    const intent = intentOf(signal, account.position.quantity, mark, equity, strategy, rules);
    if (!intent) return { ...base, reason: 'the position is where the signal wants it' };
    const side = intent.leg === 'entry' ? 'buy' : 'sell';
    const proposed: ProposedOrder = {
      symbol: rules.symbol,
      clientOrderId: clientOrderId({ slot, barClose, leg: intent.leg, attempt: 0, epoch: fence.epoch }),
      side,
      type: 'market',
      quantity: intent.quantity,
      referencePrice: price(mark),
    };
    this.#sent = this.#sent.filter((sent) => sent.barClose > barClose - 60_000);
    const risk = checkRisk(proposed, limits, {
      mode: this.#mode,
      held: account.position.quantity,
      equity,
      dayStartEquity: account.dayStartEquity,
      peakEquity: account.peakEquity,
      book: this.#book,
      dataAgeMs: this.#ports.monotonic.now() - this.#lastDataAt,
      ordersLastMinute: this.#sent.length,
      alreadySent: this.#sent.some((sent) => sent.id === proposed.clientOrderId),
    });
    const wanted = { ...base, side, quantity: intent.quantity.toFixed() } as const;
    if (risk.outcome === 'refused') return { ...wanted, action: 'refused', reason: `${risk.rule}: ${risk.reason}` };
    this.#sent.push({ id: proposed.clientOrderId, barClose });
    this.#desk.send(risk.order, barClose, base.modelHash);
    return { ...wanted, action: 'order', reason: '', clientOrderId: proposed.clientOrderId };
  }

  #mark(equity: Decimal, now: EpochMillis): void {
    const marked = markEquity(this.#desk.account, equity, now);
    const newDay = marked.day !== this.#desk.account.day;
    this.#desk.account = marked;
    if (newDay) this.#ports.journal.marked(marked);
  }

  async #barDone(): Promise<void> {
    const bar = this.#doneBar as EpochMillis;
    this.#doneBar = undefined;
    await this.#ports.journal.flush();
    this.#options.onBarDone?.(bar);
  }
}
