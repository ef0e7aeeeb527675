import { AresError, messageOf } from '../ares-error.ts';
import type { Candle, Timeframe } from '../market-data/candle.ts';
import { timeframeMillis } from '../market-data/timeframe.ts';
import type { SlotId } from '../models/slot.ts';
import { type EpochMillis, epochMillis, type Monotonic, type Timers } from '../ports/clock.ts';
import type { Exchange, Fill, MarketRules, OrderReport, StreamMessage, SubmitOutcome } from '../ports/exchange.ts';
import type { Log } from '../ports/log.ts';
import type { Predictor } from '../ports/predictor.ts';
import type { ApprovedOrder, ProposedOrder } from '../risk/approved-order.ts';
import { checkRisk, type TradingMode } from '../risk/risk-engine.ts';
import { clientOrderId, parseClientOrderId } from './client-order-id.ts';
import type { Decision } from './decision.ts';
import type { EngineCounters } from './engine-counters.ts';
import type { EngineSettings } from './engine-settings.ts';
import { decimal, type Price, price, quantity, ZERO } from './money.ts';
import { isFinal, transitionOrder } from './order-lifecycle.ts';
import { applyFills, applyReport, isSettled, type OwnOrder } from './own-order.ts';
import { bookFills, equityOf, markEquity, type SlotAccount } from './slot-account.ts';
import { intentOf, type Signal, signalOf } from './strategy.ts';
import type { TradingJournal } from './trading-journal.ts';

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
  | { readonly kind: 'submitted'; readonly id: string; readonly outcome: SubmitOutcome }
  | { readonly kind: 'resolved'; readonly id: string; readonly report: OrderReport | undefined; readonly fills: readonly Fill[] };

export interface EnginePorts {
  readonly exchange: Pick<Exchange, 'submit' | 'order' | 'fillsSince' | 'candles'>;
  readonly journal: TradingJournal;
  readonly monotonic: Monotonic;
  readonly timers: Timers;
  readonly log: Log;
}

export interface EngineOptions {
  readonly slot: SlotId;
  readonly rules: MarketRules;
  readonly timeframe: Timeframe;
  readonly features: BarFeatures;
  readonly settings: EngineSettings;
  readonly mode: TradingMode;
  readonly account: SlotAccount;
  /** Bars the exchange knows an order of ours for: they are not decided again. */
  readonly decidedBars: ReadonlySet<number>;
  /** The right to send: asked just before every order. */
  readonly fence: { readonly epoch: number; holds(): boolean };
  /** How long an order whose answer was lost may still turn up. */
  readonly recvWindowMs: number;
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
    candles: 0, trades: 0, bookTops: 0, duplicateCandles: 0, missingCandles: 0, decisions: 0, orders: 0, swaps: 0, errors: 0, lastBarClose: 0, lastDecisionUs: 0,
  };
  readonly #options: EngineOptions;
  readonly #ports: EnginePorts;
  readonly #mailbox: EngineMessage[] = [];
  readonly #barMillis: number;
  #running = false;
  #stopped = false;
  #idle: PromiseWithResolvers<void> | undefined;
  #settings: EngineSettings;
  #mode: TradingMode;
  #account: SlotAccount;
  #model: EngineModel | undefined;
  #row = new Float32Array(0);
  #book: { readonly bid: Price; readonly ask: Price } | undefined;
  #lastDataAt = Number.NEGATIVE_INFINITY;
  #lastOpenTime = Number.NEGATIVE_INFINITY;
  #lastClose = ZERO;
  #inFlight: OwnOrder | undefined;
  #sent: { readonly id: string; readonly barClose: number }[] = [];
  #doneBar: EpochMillis | undefined;
  /** The order the exchange is being asked for. */
  #asking: string | undefined;

  constructor(options: EngineOptions, ports: EnginePorts) {
    this.#options = options;
    this.#ports = ports;
    this.#settings = options.settings;
    this.#mode = options.mode;
    this.#account = options.account;
    this.#barMillis = timeframeMillis(options.timeframe);
  }

  get account(): SlotAccount {
    return this.#account;
  }
  get mode(): TradingMode {
    return this.#mode;
  }
  get model(): EngineModel | undefined {
    return this.#model;
  }
  /** The order that has not ended yet. */
  get inFlight(): OwnOrder | undefined {
    return this.#inFlight;
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
    while (this.#running || this.#inFlight) {
      this.#idle ??= Promise.withResolvers<void>();
      await this.#idle.promise;
    }
  }

  /** Takes no more messages. */
  stop(): void {
    this.#stopped = true;
    this.#mailbox.length = 0;
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      for (let next = this.#mailbox.shift(); next; next = this.#mailbox.shift()) {
        const more = this.#handle(next);
        if (more) await more;
        if (this.#doneBar !== undefined && !this.#inFlight) await this.#barDone();
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
        return message.symbol === this.#options.rules.symbol && message.closed ? this.#closeBar(message.candle, message.receivedAt) : undefined;
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
        this.#hear(message.report.clientOrderId, message.report, []);
        return undefined;
      case 'fill':
        this.#hear(message.fill.clientOrderId ?? this.#idOf(message.fill.exchangeOrderId), undefined, [message.fill]);
        return undefined;
      case 'connection':
        if (message.state === 'down') this.#book = undefined;
        this.#ports.log.info('connection', { channel: message.channel, state: message.state, reason: message.reason });
        if (message.state === 'up' && message.channel === 'account' && this.#inFlight) this.#askFor(this.#inFlight.clientOrderId);
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
        this.#submitted(message.id, message.outcome);
        return undefined;
      case 'resolved':
        this.#resolved(message.id, message.report, message.fills);
        return undefined;
    }
  }

  async #swap(model: EngineModel, swapped: () => void): Promise<void> {
    const old = this.#model;
    this.#model = model;
    this.#row = new Float32Array(model.columns.length);
    this.counters.swaps += old ? 1 : 0;
    this.#ports.journal.swapped({ fromRunId: old?.runId ?? null, toRunId: model.runId, modelHash: model.predictor.modelHash });
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
    if (candle.openTime > this.#lastOpenTime + this.#barMillis && Number.isFinite(this.#lastOpenTime)) await this.#fillGap(candle);
    const row = this.#options.features.close(candle);
    this.#follow(candle);
    const decision = await this.#decide(candle, row);
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
      barClose, close: candle.close, runId: model?.runId ?? null, modelHash: model?.predictor.modelHash ?? null,
      probability: null, signal: null, action: 'none', clientOrderId: null, side: null, quantity: null,
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
    const equity = equityOf(this.#account, strategy.quoteBudget, mark);
    this.#mark(equity, barClose);
    if (this.#inFlight) return { ...base, reason: `order ${this.#inFlight.clientOrderId} is ${this.#inFlight.state}` };
    if (this.#options.decidedBars.has(barClose)) return { ...base, reason: 'an order for this bar was sent before a restart' };
    const intent = intentOf(signal, this.#account.position.quantity, mark, equity, strategy, rules);
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
      mode: this.#mode, held: this.#account.position.quantity, equity, dayStartEquity: this.#account.dayStartEquity, peakEquity: this.#account.peakEquity, book: this.#book,
      dataAgeMs: this.#ports.monotonic.now() - this.#lastDataAt, ordersLastMinute: this.#sent.length,
      alreadySent: this.#sent.some((sent) => sent.id === proposed.clientOrderId),
    });
    const wanted = { ...base, side, quantity: intent.quantity.toFixed() } as const;
    if (risk.outcome === 'refused') return { ...wanted, action: 'refused', reason: `${risk.rule}: ${risk.reason}` };
    this.#send(risk.order, barClose, base.modelHash);
    return { ...wanted, action: 'order', reason: '', clientOrderId: proposed.clientOrderId };
  }

  #mark(equity: typeof ZERO, now: EpochMillis): void {
    const marked = markEquity(this.#account, equity, now);
    const newDay = marked.day !== this.#account.day;
    this.#account = marked;
    if (newDay) this.#ports.journal.marked(marked);
  }

  #send(order: ApprovedOrder, barClose: EpochMillis, modelHash: string | null): void {
    if (!this.#options.fence.holds()) {
      throw new AresError('FENCED', `the lease of ${this.#options.slot} must be held to send an order, had run out`, { clientOrderId: order.clientOrderId });
    }
    const own: OwnOrder = {
      clientOrderId: order.clientOrderId, exchangeOrderId: null, symbol: order.symbol, side: order.side, quantity: order.quantity, barClose, modelHash,
      state: 'intent', filled: quantity(ZERO), fills: new Map(), updatedAt: barClose, reason: null,
    };
    this.#inFlight = own;
    this.#sent.push({ id: order.clientOrderId, barClose });
    this.counters.orders += 1;
    this.#ports.exchange.submit(order).then(
      (outcome) => this.accept({ kind: 'submitted', id: own.clientOrderId, outcome }),
      (error: unknown) => this.accept({ kind: 'submitted', id: own.clientOrderId, outcome: { outcome: 'unknown', reason: messageOf(error) } }),
    );
    this.#ports.journal.intent(own);
  }

  #submitted(id: string, outcome: SubmitOutcome): void {
    const order = this.#inFlight;
    if (order?.clientOrderId !== id) return;
    if (outcome.outcome === 'acknowledged') return this.#hear(id, outcome.report, outcome.fills);
    if (outcome.outcome === 'rejected') {
      this.#update({ ...order, state: transitionOrder(order.state, 'rejected'), reason: `${outcome.code}: ${outcome.reason}` });
      return;
    }
    if (order.state === 'intent') this.#inFlight = { ...order, state: 'unknown', reason: outcome.reason };
    this.#ports.log.warn('no answer to an order: asking the exchange for it', { clientOrderId: id, reason: outcome.reason });
    this.#askFor(id);
  }

  /** A report or fills of an order, from whichever way they came first. */
  #hear(id: string | undefined, report: OrderReport | undefined, fills: readonly Fill[]): void {
    const order = this.#inFlight;
    if (id === undefined || order?.clientOrderId !== id) {
      const own = id !== undefined && parseClientOrderId(this.#options.slot, id);
      if (own && own.epoch !== this.#options.fence.epoch && !this.#options.decidedBars.has(own.barClose)) {
        throw new AresError('UNEXPECTED_ORDER', `orders of ${this.#options.slot} must come from epoch ${this.#options.fence.epoch}, ${id} moved`, { id });
      }
      return;
    }
    const filled = applyFills(order, fills);
    this.#update(report ? applyReport(filled, report) : filled);
  }

  #update(order: OwnOrder): void {
    this.#inFlight = order;
    if (!isFinal(order.state)) return;
    if (!isSettled(order)) {
      this.#askFor(order.clientOrderId);
      return;
    }
    const booked = bookFills(this.#account, [...order.fills.values()], this.#options.rules);
    this.#account = booked.account;
    this.#inFlight = undefined;
    this.#ports.journal.settled(order, booked.account, booked.realisedPnl);
  }

  #idOf(exchangeOrderId: string): string | undefined {
    return this.#inFlight?.exchangeOrderId === exchangeOrderId ? this.#inFlight.clientOrderId : undefined;
  }

  /** Asks the exchange for an order until it says what became of it; an order it does not know after a receive window never reached it. */
  #askFor(id: string): void {
    if (this.#asking === id) return;
    this.#asking = id;
    const asked = this.#ports.monotonic.now();
    const since = epochMillis(Math.max(0, (this.#inFlight?.barClose ?? 0) - 2 * this.#barMillis));
    const { symbol } = this.#options.rules;
    const ask = async (): Promise<void> => {
      for (let pause = 50; !this.#stopped && this.#inFlight?.clientOrderId === id; pause = Math.min(pause * 2, 2_000)) {
        await this.#ports.timers.sleep(pause);
        try {
          const report = await this.#ports.exchange.order(symbol, id);
          const waited = this.#ports.monotonic.now() - asked;
          if (!report && waited < this.#options.recvWindowMs) continue;
          const fills = report ? (await this.#ports.exchange.fillsSince(symbol, since)).filter((fill) => fill.exchangeOrderId === report.exchangeOrderId) : [];
          this.accept({ kind: 'resolved', id, report, fills });
        } catch (error) {
          this.counters.errors += 1;
          this.#ports.log.warn('the exchange did not say what became of an order; asking again', { clientOrderId: id, error: messageOf(error) });
        }
      }
    };
    void ask().finally(() => {
      if (this.#asking === id) this.#asking = undefined;
    });
  }

  #resolved(id: string, report: OrderReport | undefined, fills: readonly Fill[]): void {
    const order = this.#inFlight;
    if (order?.clientOrderId !== id) return;
    if (report) this.#hear(id, report, fills);
    else if (!isFinal(order.state) && order.fills.size === 0) this.#update({ ...order, state: 'rejected', reason: 'never reached the exchange' });
  }

  async #barDone(): Promise<void> {
    const bar = this.#doneBar as EpochMillis;
    this.#doneBar = undefined;
    await this.#ports.journal.flush();
    this.#options.onBarDone?.(bar);
  }
}
