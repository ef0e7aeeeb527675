import type { Candle } from '../market-data/candle.ts';
import { timeframeMillis } from '../market-data/timeframe.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { StreamMessage } from '../ports/exchange.ts';
import type { TradingMode } from '../risk/risk-context.ts';
import { type BarFeed, createBarFeed } from './bar-feed.ts';
import { decide } from './decide.ts';
import { type EngineCounters, newCounters } from './engine-counters.ts';
import type { EngineLine } from './engine-line.ts';
import type { EngineMessage } from './engine-message.ts';
import type { EngineModel } from './engine-model.ts';
import type { EngineOptions, EnginePorts, EngineSnapshot } from './engine-options.ts';
import type { EngineSettings } from './engine-settings.ts';
import type { Book } from './entry-rules.ts';
import { highestHeld } from './exit-rules.ts';
import { createLineState, type LineState } from './line-state.ts';
import { createMarketWatch } from './market-watch.ts';
import { type Decimal, ZERO } from './money.ts';
import { OrderDesk } from './order-desk.ts';
import { createOrderGate, type OrderGate } from './order-gate.ts';
import { createOrderPace } from './order-pace.ts';
import { createPositionKeeper, type PositionKeeper } from './position-keeper.ts';
import { createRehearsal, type Rehearsal } from './rehearsal.ts';
import type { SlotAccount } from './slot-account.ts';
import { touchedOrders } from './touched-orders.ts';

/** Bars after which a risen high is written down, so that a restart does not lower a trailing stop. */
const BARS_BETWEEN_MARKS = 60;

/**
 * The trading loop of one line: one mailbox, one message at a time, so that nothing is ever decided by half a state.
 *
 * A closed bar is decided by `decide`; whoever tends entries, exits and protection then brings the orders to what was decided, after every message.
 * Live, paper and backtest differ only in the ports. Money is decimal; features and probabilities are floats.
 */
export class TradingEngine {
  readonly counters: EngineCounters = newCounters();
  readonly #options: EngineOptions;
  readonly #ports: EnginePorts;
  readonly #mailbox: EngineMessage[] = [];
  readonly #barMillis: number;
  readonly #desk: OrderDesk;
  readonly #gate: OrderGate;
  readonly #keeper: PositionKeeper;
  readonly #rehearsal: Rehearsal;
  readonly #market = createMarketWatch();
  readonly #bars: BarFeed;
  readonly #state: LineState;
  #running = false;
  #stopped = false;
  #acknowledging = 0;
  #idle: PromiseWithResolvers<void> | undefined;
  #settings: EngineSettings;
  #mode: TradingMode;
  #model: EngineModel | undefined;
  #row = new Float32Array(0);
  #now = Number.NEGATIVE_INFINITY;
  #clockSkewMs = 0;
  #marketWasDown = false;
  #silentSince: number | undefined;
  #isHaltAsked = false;
  #openCandle: Candle | undefined;
  #doneBar: EpochMillis | undefined;
  #published = -1;
  #barsSinceMark = 0;

  constructor(options: EngineOptions, ports: EnginePorts) {
    this.#options = options;
    this.#ports = ports;
    this.#settings = options.settings;
    this.#mode = options.mode;
    this.#barMillis = timeframeMillis(options.timeframe);
    this.#bars = createBarFeed(
      options,
      { counters: this.counters, market: this.#market, staleMs: () => this.#settings.limits.staleDataMs },
      ports,
      {
        passed: (candle) => this.#raise(candle),
        closed: (candle, row, receivedAt) => this.#takeBar(candle, row, receivedAt),
      },
    );
    this.#desk = new OrderDesk(
      { ...options, barMillis: this.#barMillis, limits: () => this.#settings.limits, counters: this.counters },
      ports,
      (news) => this.accept(news),
    );
    const pace = createOrderPace(ports.pace ?? ports.monotonic);
    this.#gate = createOrderGate(
      { slot: options.slot, epoch: options.fence.epoch, symbol: options.rules.symbol },
      { view: () => this.#state.view(), settings: () => this.#settings },
      { desk: this.#desk, pace },
    );
    const line = this.#line();
    this.#state = createLineState(
      options,
      line,
      { market: this.#market, pace, clockSkewMs: () => this.#clockSkewMs },
      ports,
    );
    this.#rehearsal = createRehearsal(() => this.#rehearse(), options.rehearseWithinMs);
    this.#keeper = createPositionKeeper(line, (book) => this.#isWhole(book));
  }

  /** With the fills of open orders. */
  get account(): SlotAccount {
    return this.#desk.effective;
  }
  get mode(): TradingMode {
    return this.#mode;
  }
  get model(): EngineModel | undefined {
    return this.#model;
  }
  /** Market time as the bars tell it. */
  get marketTime(): EpochMillis {
    return epochMillis(this.counters.lastBarClose);
  }
  /** True when the mailbox is empty and no answer is awaited; orders may rest. */
  get isIdle(): boolean {
    return !this.#running && this.#acknowledging === 0 && (this.#stopped || !this.#desk.isWaiting);
  }

  /** The line as it is now: what periodic reconciliation compares with the exchange. */
  snapshot(): EngineSnapshot {
    const { effective, open, revision } = this.#desk;
    return { account: effective, openOrders: [...open.values()], revision };
  }

  /** Feeds history without deciding on it; oldest first, before the first message. */
  seed(candles: readonly Candle[]): void {
    this.#bars.seed(candles);
  }

  /** Takes a message; it is handled at once when nothing else is, otherwise in its turn. */
  accept(message: EngineMessage): void {
    if (this.#stopped) return;
    this.#mailbox.push(message);
    if (!this.#running) this.#run();
  }

  /** Resolves when the mailbox is empty and no answer is awaited; orders may rest. */
  async idle(): Promise<void> {
    while (!this.isIdle) {
      this.#idle ??= Promise.withResolvers<void>();
      await this.#idle.promise;
    }
  }

  /** Takes no more messages. */
  stop(): void {
    this.#stopped = true;
    this.#desk.close();
    this.#mailbox.length = 0;
    this.#wake();
  }

  /** Handles messages until there is none; goes on by itself after one that has to wait for something. */
  #run(): void {
    this.#running = true;
    try {
      for (let next = this.#mailbox.shift(); next; next = this.#mailbox.shift()) {
        const more = this.#handle(next);
        if (more) {
          more.then(
            () => this.#goOn(),
            (error: unknown) => this.#fail(error),
          );
          return;
        }
        this.#steer();
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#running = false;
    this.#wake();
  }

  #goOn(): void {
    try {
      if (!this.#stopped) this.#steer();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#run();
  }

  #fail(error: unknown): void {
    this.counters.errors += 1;
    this.#running = false;
    this.stop();
    this.#options.onFatal(error);
  }

  #wake(): void {
    if (!this.#idle || !this.isIdle) return;
    const idle = this.#idle;
    this.#idle = undefined;
    idle.resolve();
  }

  #handle(message: EngineMessage): Promise<void> | undefined {
    switch (message.kind) {
      case 'candle':
      case 'trade':
      case 'book-top':
        return message.symbol === this.#options.rules.symbol ? this.#seeMarket(message) : undefined;
      case 'order':
        this.#at(message.receivedAt);
        this.#desk.hear(message.report.clientOrderId, message.report, []);
        return undefined;
      case 'fill': {
        this.#at(message.receivedAt);
        const { fill } = message;
        this.#desk.hear(fill.clientOrderId ?? this.#desk.idOf(fill.exchangeOrderId), undefined, [fill]);
        return undefined;
      }
      case 'balance-change':
        // Which transfer it was comes as `transfers`; until then nothing is known but that something changed.
        return undefined;
      case 'connection':
        return this.#connection(message);
      case 'model':
        return this.#swap(message.model, message.swapped);
      case 'settings':
        this.#settings = message.settings;
        this.#keeper.settingsChanged();
        return undefined;
      case 'mode':
        this.#mode = message.mode;
        return undefined;
      case 'tick':
        this.#at(message.now);
        this.#watchSilence(message.now);
        return undefined;
      case 'clock':
        this.#clockSkewMs = message.skewMs;
        return undefined;
      case 'transfers':
        for (const transfer of message.transfers) this.#desk.transfer(transfer);
        return undefined;
      default:
        this.#desk.answered(message);
        return undefined;
    }
  }

  #at(receivedAt: number): void {
    if (receivedAt > this.#now) this.#now = receivedAt;
  }

  #seeMarket(message: Extract<StreamMessage, { kind: 'candle' | 'trade' | 'book-top' }>): Promise<void> | undefined {
    const { receivedAt } = message;
    this.#at(receivedAt);
    this.#market.data(receivedAt);
    this.#isHaltAsked = false;
    switch (message.kind) {
      case 'candle':
        if (message.timeframe !== this.#options.timeframe) return undefined;
        this.#bars.heardTime(message.at, receivedAt);
        if (message.closed) return this.#bars.take(message.candle, message.at, receivedAt);
        this.#openCandle = message.candle;
        return undefined;
      case 'trade':
        this.counters.trades += 1;
        this.#bars.heardTime(message.at, receivedAt);
        this.#keeper.watch(message.price, null, null);
        this.#rehearsal.heard(receivedAt, this.#bars.untilClose(receivedAt));
        return undefined;
      case 'book-top':
        this.counters.bookTops += 1;
        this.#market.top(message, receivedAt);
        this.#keeper.watch(message.bid, message.bid, message);
        this.#rehearsal.heard(receivedAt, this.#bars.untilClose(receivedAt));
        return undefined;
    }
  }

  /** A book that a stop may be judged by: not crossed, and not so wide that its bid says nothing. */
  #isWhole({ bid, ask }: Book): boolean {
    return ask.gt(bid) && ask.minus(bid).times(2).lte(ask.plus(bid).times(this.#settings.limits.maxSpreadFraction));
  }

  #watchSilence(now: number): void {
    this.#silentSince ??= now;
    const { lastDataAt } = this.#market;
    const silentFor = now - (lastDataAt ?? this.#silentSince);
    if (silentFor < this.#settings.haltAfterDataSilenceMs || this.#isHaltAsked) return;
    this.#isHaltAsked = true;
    this.#keeper.cancelEntries();
    this.#options.onHalt?.(`no market data of ${this.#options.rules.symbol} for ${Math.round(silentFor)} ms`);
  }

  #connection(message: Extract<StreamMessage, { kind: 'connection' }>): Promise<void> | undefined {
    const { channel, state, reason } = message;
    this.#ports.log.info('connection', { channel, state, reason });
    if (state === 'down') {
      this.#market.lost();
      if (channel === 'market') this.#marketWasDown = true;
      return undefined;
    }
    if (channel === 'account') this.#desk.ask();
    if (channel !== 'market' || !this.#marketWasDown) return undefined;
    this.#marketWasDown = false;
    return this.#bars.readMissed();
  }

  #swap(model: EngineModel, swapped: () => void): Promise<void> | undefined {
    const old = this.#model;
    this.#model = model;
    this.#row = new Float32Array(model.columns.length);
    this.#options.features.select?.(model.columns);
    this.counters.swaps += old ? 1 : 0;
    this.#ports.journal.swapped({
      fromRunId: old?.runId ?? null,
      toRunId: model.runId,
      modelHash: model.predictor.modelHash,
    });
    // The new model decides already: nothing waits for the old one's memory.
    if (!old) swapped();
    else
      old.predictor.release().then(swapped, (error: unknown) => {
        if (!this.#stopped) this.#fail(error);
      });
    return undefined;
  }

  /** Everything that a decision computes, and an order if it came to one, for nothing. */
  #rehearse(): void {
    const candle = this.#openCandle;
    const model = this.#model;
    if (!candle || !model) return;
    this.#options.features.preview?.(candle);
    const probability = model.predictor.predict(this.#row);
    // One that does not answer at once would be awaited beside the decision it is for.
    if (typeof probability !== 'number') {
      probability.catch(() => undefined);
      return;
    }
    // Whatever the model says: the way to an order is the longest, and the one that must be quick.
    const wanted = this.#desk.effective.holding ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    const inputs = { candle, model, row: this.#row, probability: wanted, leaving: null, unanswered: null };
    const { order } = decide(this.#state.inputs(inputs));
    if (order) this.#ports.exchange.rehearse?.(order);
  }

  #takeBar(candle: Candle, row: Float32Array | undefined, receivedAt: number): Promise<void> | undefined {
    const touched = touchedOrders(this.#desk, candle);
    if (touched.length > 0)
      return this.#askFirst(touched).then((unanswered) => this.#predict(candle, row, receivedAt, unanswered));
    return this.#predict(candle, row, receivedAt, null);
  }

  async #askFirst(ids: readonly string[]): Promise<string | null> {
    for (const id of ids) if (!(await this.#desk.askNow(id))) return id;
    return null;
  }

  #predict(
    candle: Candle,
    row: Float32Array | undefined,
    receivedAt: number,
    unanswered: string | null,
  ): Promise<void> | undefined {
    const model = this.#model;
    if (!model || !row) {
      this.#conclude(candle, null, receivedAt, unanswered);
      return undefined;
    }
    const { columns, predictor } = model;
    for (let input = 0; input < columns.length; input += 1) this.#row[input] = row[columns[input] as number] as number;
    const probability = predictor.predict(this.#row);
    if (typeof probability !== 'number')
      return probability.then((value) => this.#conclude(candle, value, receivedAt, unanswered));
    this.#conclude(candle, probability, receivedAt, unanswered);
    return undefined;
  }

  #conclude(candle: Candle, probability: number | null, receivedAt: number, unanswered: string | null): void {
    // What was waited for may come after the end.
    if (this.#stopped) return;
    this.#state.mark();
    const { leaving } = this.#keeper;
    const model = this.#model;
    const inputs = this.#state.inputs({ candle, model, row: this.#row, probability, leaving, unanswered });
    const decided = decide(inputs);
    // A trader that was paused past its lease must not write over its successor's decision either.
    this.#desk.requireLease();
    this.#keeper.act(decided);
    this.counters.decisions += 1;
    this.counters.lastDecisionUs = (this.#ports.monotonic.now() - receivedAt) * 1000;
    this.#ports.journal.decision(decided.decision, inputs);
    this.#raise(candle);
    this.#keeper.barClosed();
    if (this.#desk.effective.holding) this.#published = -1;
    this.#doneBar = inputs.barClose;
  }

  /** Moves what trailing stops are measured from. */
  #raise(candle: Candle): void {
    this.#barsSinceMark += 1;
    const { holding } = this.#desk.effective;
    if (!holding) return;
    const { close, high, openTime } = candle;
    const bar = { close, high, barClose: openTime + this.#barMillis, barMillis: this.#barMillis };
    if (!this.#desk.raise(highestHeld(bar, holding))) return;
    if (this.#settings.exits.trailingStopFraction === 0 || this.#barsSinceMark < BARS_BETWEEN_MARKS) return;
    this.#barsSinceMark = 0;
    this.#ports.journal.marked(this.#desk.account);
  }

  /** Brings orders to what was decided, tells other lines what is at stake, and acknowledges a bar that is done. */
  #steer(): void {
    this.#keeper.tend();
    if (this.#desk.revision !== this.#published) {
      this.#published = this.#desk.revision;
      this.#state.publish();
    }
    if (this.#doneBar !== undefined && !this.#desk.isWaiting) this.#barDone(this.#doneBar);
  }

  /** The last close; before the first bar what the position has cost. */
  #lastPrice(): Decimal {
    const { close } = this.#bars;
    if (close.gt(ZERO)) return close;
    const { cost, quantity } = this.#desk.effective.position;
    return quantity.gt(ZERO) ? cost.div(quantity) : ZERO;
  }

  #modelHash(): string | null {
    return this.#model?.predictor.modelHash ?? null;
  }

  #line(): EngineLine {
    const engine = this;
    const { rules, capabilities } = this.#options;
    const { journal, log } = this.#ports;
    return {
      rules,
      capabilities,
      journal,
      log,
      desk: this.#desk,
      gate: this.#gate,
      counters: this.counters,
      get settings() {
        return engine.#settings;
      },
      get mode() {
        return engine.#mode;
      },
      get now() {
        return engine.#ports.pace?.now() ?? engine.#now;
      },
      get book() {
        return engine.#market.book;
      },
      get mark() {
        const { book } = engine.#market;
        return book && engine.#isWhole(book) ? book.bid : engine.#lastPrice();
      },
      get close() {
        return engine.#lastPrice();
      },
      get marketTime() {
        return engine.marketTime;
      },
      get modelHash() {
        return engine.#modelHash();
      },
    };
  }

  /** Tells that a bar is done once all of it is written; the next message does not wait for that. */
  #barDone(bar: EpochMillis): void {
    this.#doneBar = undefined;
    const { onBarDone } = this.#options;
    if (!onBarDone) return;
    this.#acknowledging += 1;
    this.#ports.journal.flush().then(
      () => {
        this.#acknowledging -= 1;
        if (!this.#stopped) onBarDone(bar);
        this.#wake();
      },
      (error: unknown) => {
        this.#acknowledging -= 1;
        if (!this.#stopped) this.#fail(error);
      },
    );
  }
}
