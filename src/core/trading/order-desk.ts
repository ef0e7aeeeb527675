import { AresError, messageOf } from '../ares-error.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type {
  CancelOutcome,
  Fill,
  OrderReport,
  PairOutcome,
  ReplaceOutcome,
  SubmitOutcome,
  Transfer,
} from '../ports/exchange.ts';
import type { ApprovedOrder, ApprovedPair } from '../risk/approved-order.ts';
import { type BookingTerms, bookOrder, effectiveAccount, remainingOf } from './book-order.ts';
import { type Leg, parseClientOrderId } from './client-order-id.ts';
import type { EngineCounters } from './engine-counters.ts';
import type { OrderNews } from './engine-message.ts';
import type { EngineOptions, EnginePorts } from './engine-options.ts';
import type { OpenOrderView } from './line-view.ts';
import { type Decimal, quantity, ZERO } from './money.ts';
import { createInquiry, type Inquiry } from './order-inquiry.ts';
import { isFinal, isUnheard, transitionOrder } from './order-lifecycle.ts';
import { applyFills, applyReport, isSettled, type OwnOrder } from './own-order.ts';
import type { SlotAccount } from './slot-account.ts';
import { bookTransfer } from './transfers.ts';

export interface OrderDeskOptions
  extends Pick<EngineOptions, 'slot' | 'rules' | 'account' | 'openOrders' | 'decidedBars' | 'fence' | 'recvWindowMs'> {
  readonly barMillis: number;
  /** Read at each booking: it may change while orders are open. */
  readonly limits: () => BookingTerms['limits'];
  readonly counters: Pick<EngineCounters, 'orders' | 'cancels' | 'errors'>;
}

export type OrderDeskPorts = Omit<EnginePorts, 'exchange'> & {
  readonly exchange: Omit<EnginePorts['exchange'], 'candles'>;
};

/** What an order is for, beside what the exchange is told. */
export interface OrderPurpose {
  readonly leg: Leg;
  readonly barClose: EpochMillis;
  readonly modelHash: string | null;
  /** Why it is sent, where the bar's decision does not say so. */
  readonly reason?: string;
}

/** Ended orders whose late news is still compared with what was booked. */
const REMEMBERED = 100;

/**
 * The orders of one line, from the send to the books.
 *
 * Each open order is kept by its client id and asked for by itself when an answer is lost. An order is booked whole, when it has ended and every fill is here.
 * Its methods are called from the engine's mailbox only; answers come back through `tell`, in their turn.
 */
export class OrderDesk {
  readonly #options: OrderDeskOptions;
  readonly #ports: OrderDeskPorts;
  readonly #tell: (news: OrderNews) => void;
  readonly #inquiry: Inquiry;
  readonly #open = new Map<string, OwnOrder>();
  readonly #ended = new Map<string, OwnOrder>();
  /** Orders whose cancel is under way: not answered yet, or without an answer. */
  readonly #cancelling = new Map<string, 'asked' | 'unknown'>();
  readonly #transfers = new Set<string>();
  #account: SlotAccount;
  #effective: SlotAccount | undefined;
  #views: readonly OpenOrderView[] | undefined;
  #highest: Decimal = ZERO;
  #justEnded: OwnOrder[] = [];
  #revision = 0;
  /** Orders whose own answer is still to come: they may have traded in part, or rest, before it is here. */
  readonly #unanswered = new Set<string>();

  constructor(options: OrderDeskOptions, ports: OrderDeskPorts, tell: (news: OrderNews) => void) {
    this.#options = options;
    this.#ports = ports;
    this.#tell = tell;
    this.#account = options.account;
    for (const order of options.openOrders) this.#open.set(order.clientOrderId, order);
    this.#inquiry = createInquiry(
      {
        symbol: options.rules.symbol,
        recvWindowMs: options.recvWindowMs,
        barMillis: options.barMillis,
        counters: options.counters,
        orderOf: (id) => this.#open.get(id),
      },
      ports,
      tell,
    );
  }

  /** As settled. */
  get account(): SlotAccount {
    return this.#account;
  }

  /** With what open orders have filled. */
  get effective(): SlotAccount {
    this.#effective ??= this.#raised(effectiveAccount(this.#account, this.#open.values(), this.#terms()));
    return this.#effective;
  }

  /** Orders that have not ended, or whose fills are not all here, in the order they were sent. */
  get open(): ReadonlyMap<string, OwnOrder> {
    return this.#open;
  }

  get views(): readonly OpenOrderView[] {
    this.#views ??= [...this.#open.values()].map(viewOf);
    return this.#views;
  }

  /** One more with every change of an order or of the books. */
  get revision(): number {
    return this.#revision;
  }

  /** True while an answer, an end or the fills of an ended order are waited for; orders that rest wait for the market, not for an answer. */
  get isWaiting(): boolean {
    if (this.#cancelling.size > 0 || this.#inquiry.isBusy) return true;
    for (const [id, { state }] of this.#open)
      if (isUnheard(state) || isFinal(state) || this.#unanswered.has(id)) return true;
    return false;
  }

  /** True when an order is known to rest, and nothing is under way about it. */
  isAtRest(order: OwnOrder): boolean {
    const { clientOrderId: id, state } = order;
    const rests = state === 'acknowledged' || state === 'partially_filled';
    return rests && !this.#cancelling.has(id) && !this.#inquiry.isAsking(id);
  }

  /** Whether an id was sent since this start, as far back as is remembered. */
  knows(id: string): boolean {
    return this.#open.has(id) || this.#ended.has(id);
  }

  /** Orders that have ended since this was called last. */
  takeEnded(): readonly OwnOrder[] {
    if (this.#justEnded.length === 0) return this.#justEnded;
    const ended = this.#justEnded;
    this.#justEnded = [];
    return ended;
  }

  /** Asks for no order any more. */
  close(): void {
    this.#inquiry.close();
  }

  /** @throws AresError `FENCED` when the lease has run out: another trader may own the slot, its orders and its records */
  requireLease(): void {
    const { fence, slot } = this.#options;
    if (!fence.holds()) throw new AresError('FENCED', `the lease of ${slot} must be held to trade it, had run out`);
  }

  /** Hands an order to the exchange, then journals it: the wire does not wait for the disk. @throws AresError `FENCED` when the lease has run out */
  send(order: ApprovedOrder, purpose: OrderPurpose): void {
    this.requireLease();
    const { clientOrderId: id } = order;
    const own = this.#intend(order, purpose, null);
    this.#ask(
      () => this.#ports.exchange.submit(order),
      (outcome): OrderNews => ({ kind: 'submitted', id, outcome }),
    );
    this.#sent(own);
  }

  /** Hands over a pair: take-profit and stop-loss of one position. @throws AresError `FENCED` */
  sendPair(pair: ApprovedPair, purpose: Omit<OrderPurpose, 'leg'>): void {
    this.requireLease();
    const { listClientOrderId: pairId, stopLoss, takeProfit } = pair;
    const stop = this.#intend(stopLoss, { ...purpose, leg: 'stop_loss' }, pairId);
    const profit = this.#intend(takeProfit, { ...purpose, leg: 'take_profit' }, pairId);
    this.#ask(
      () => this.#ports.exchange.submitPair(pair),
      (outcome): OrderNews => ({ kind: 'pair-submitted', pairId, outcome }),
    );
    this.#sent(stop);
    this.#sent(profit);
  }

  /** Asks for the end of a resting order; once at a time. @throws AresError `FENCED` */
  cancel(id: string): void {
    const order = this.#open.get(id);
    if (!order || this.#cancelling.has(id)) return;
    this.requireLease();
    this.#cancelling.set(id, 'asked');
    this.#options.counters.cancels += 1;
    this.#revision += 1;
    this.#ask(
      () => this.#ports.exchange.cancel(order.symbol, id),
      (outcome): OrderNews => ({ kind: 'cancel-answered', id, outcome }),
    );
  }

  /** Cancels one order and places another in one request. @throws AresError `FENCED` */
  replace(cancelId: string, order: ApprovedOrder, purpose: OrderPurpose): void {
    this.requireLease();
    const { clientOrderId: id } = order;
    this.#cancelling.set(cancelId, 'asked');
    this.#options.counters.cancels += 1;
    const own = this.#intend(order, purpose, null);
    this.#ask(
      () => this.#ports.exchange.replace(cancelId, order),
      (outcome): OrderNews => ({ kind: 'replaced', cancelId, id, outcome }),
    );
    this.#sent(own);
  }

  /** Takes what the exchange answered. */
  answered(news: OrderNews): void {
    switch (news.kind) {
      case 'submitted':
        this.#submitted(news.id, news.outcome);
        return;
      case 'pair-submitted':
        this.#pairSubmitted(news.pairId, news.outcome);
        return;
      case 'replaced':
        this.#replaced(news.cancelId, news.id, news.outcome);
        return;
      case 'cancel-answered':
        this.#cancelAnswered(news.id, news.outcome);
        return;
      case 'resolved':
        this.#resolved(news.id, news.report, news.fills);
        return;
    }
  }

  /**
   * A report or fills of an order, from whichever way they came first.
   *
   * @throws AresError `UNEXPECTED_ORDER` when an order of this slot moves that this trader has not sent, or more of it than was booked
   */
  hear(id: string | undefined, report: OrderReport | undefined, fills: readonly Fill[]): void {
    if (id === undefined) return;
    const order = this.#open.get(id);
    if (order) {
      const filled = applyFills(order, fills);
      this.#update(order, report ? applyReport(filled, report) : filled);
    } else {
      this.#checkBooked(id, report, fills);
    }
  }

  /** The client id of an order, for news that names only the exchange's. */
  idOf(exchangeOrderId: string): string | undefined {
    for (const order of this.#open.values()) if (order.exchangeOrderId === exchangeOrderId) return order.clientOrderId;
    for (const order of this.#ended.values()) if (order.exchangeOrderId === exchangeOrderId) return order.clientOrderId;
    return undefined;
  }

  /** Asks the exchange for an order, or for each that is open, until it says what became of it; one it does not know after a receive window never reached it. */
  ask(id?: string): void {
    for (const each of id === undefined ? [...this.#open.keys()] : [id]) this.#inquiry.begin(each);
  }

  /** Asks for one order at once, before anything else is handled. @returns whether the exchange said */
  async askNow(id: string): Promise<boolean> {
    const answer = await this.#inquiry.once(id);
    if (answer?.report) this.hear(id, answer.report, answer.fills);
    return answer?.report !== undefined;
  }

  /** Takes the marks of risk, which are no change of the books. */
  mark(marks: Pick<SlotAccount, 'budget' | 'day' | 'dayStartEquity' | 'peakEquity'>): void {
    const { budget, day, dayStartEquity, peakEquity } = marks;
    this.#account = { ...this.#account, budget, day, dayStartEquity, peakEquity };
    this.#effective = undefined;
  }

  /** The market was at this price while the position was held. @returns whether that is higher than ever */
  raise(high: Decimal): boolean {
    const { holding } = this.effective;
    if (!holding || high.lte(holding.highest)) return false;
    this.#highest = high;
    this.#account = this.#raised(this.#account);
    this.#effective = undefined;
    return true;
  }

  /** Takes money that came or went into the baseline, each transfer once. @returns whether it changed the books */
  transfer(transfer: Transfer): boolean {
    const { base, quote } = this.#options.rules;
    const { id, asset } = transfer;
    if (this.#transfers.has(id) || (asset !== base && asset !== quote)) return false;
    this.#transfers.add(id);
    this.#account = bookTransfer(this.#account, transfer, this.#options.rules);
    this.#changed();
    this.#ports.journal.transferred(transfer, this.#account);
    return true;
  }

  #terms(): BookingTerms {
    const { rules, barMillis, limits } = this.#options;
    return { rules, barMillis, limits: limits() };
  }

  #raised(account: SlotAccount): SlotAccount {
    const { holding } = account;
    return holding && this.#highest.gt(holding.highest)
      ? { ...account, holding: { ...holding, highest: this.#highest } }
      : account;
  }

  #changed(): void {
    this.#revision += 1;
    this.#effective = undefined;
    this.#views = undefined;
  }

  #intend(order: ApprovedOrder, purpose: OrderPurpose, pairId: string | null): OwnOrder {
    const own: OwnOrder = {
      clientOrderId: order.clientOrderId,
      exchangeOrderId: null,
      symbol: order.symbol,
      side: order.side,
      leg: purpose.leg,
      type: order.type,
      quantity: order.quantity,
      limitPrice: order.limitPrice ?? null,
      stopPrice: order.stopPrice ?? null,
      pairId,
      barClose: purpose.barClose,
      modelHash: purpose.modelHash,
      state: 'intent',
      filled: NOTHING,
      fills: NO_FILLS,
      updatedAt: purpose.barClose,
      reason: purpose.reason ?? null,
    };
    this.#open.set(own.clientOrderId, own);
    this.#unanswered.add(own.clientOrderId);
    this.#options.counters.orders += 1;
    this.#changed();
    return own;
  }

  #sent(own: OwnOrder): void {
    const { clientOrderId: id } = own;
    // The answer may be here already where the exchange is in this process.
    if (this.#open.get(id)?.state === 'intent') {
      this.#open.set(id, { ...own, state: transitionOrder('intent', 'sent') });
      this.#changed();
    }
    this.#ports.journal.intent(own);
  }

  #ask<Outcome>(request: () => Promise<Outcome | Lost>, news: (outcome: Outcome | Lost) => OrderNews): void {
    // An adapter that throws has not said what became of the request.
    const lost = (error: unknown): void => this.#tell(news({ outcome: 'unknown', reason: messageOf(error) }));
    let answer: Promise<Outcome | Lost>;
    try {
      answer = request();
    } catch (error) {
      answer = Promise.reject(error);
    }
    answer.then((outcome) => this.#tell(news(outcome)), lost);
  }

  #submitted(id: string, outcome: SubmitOutcome): void {
    this.#unanswered.delete(id);
    const order = this.#open.get(id);
    if (!order) {
      // An order that ended meanwhile may still have traded more than was heard.
      if (outcome.outcome === 'acknowledged') this.hear(id, outcome.report, outcome.fills);
      return;
    }
    if (outcome.outcome === 'acknowledged') this.hear(id, outcome.report, outcome.fills);
    else if (outcome.outcome === 'rejected') this.#reject(order, outcome);
    else this.#lose(order, outcome.reason);
  }

  #pairSubmitted(pairId: string, outcome: PairOutcome): void {
    const orders = [...this.#open.values()].filter((order) => order.pairId === pairId);
    for (const { clientOrderId: id } of orders) this.#unanswered.delete(id);
    if (outcome.outcome === 'acknowledged') {
      for (const report of [outcome.stopLoss, outcome.takeProfit]) this.hear(report.clientOrderId, report, []);
      return;
    }
    for (const order of orders) {
      if (outcome.outcome === 'rejected') this.#reject(order, outcome);
      else this.#lose(order, outcome.reason);
    }
  }

  #replaced(cancelId: string, id: string, outcome: ReplaceOutcome): void {
    const order = this.#open.get(id);
    this.#unanswered.delete(id);
    switch (outcome.outcome) {
      case 'replaced':
        this.#cancelling.delete(cancelId);
        this.hear(cancelId, outcome.cancelled, []);
        this.hear(id, outcome.report, outcome.fills);
        return;
      case 'cancelled_only':
        this.#cancelling.delete(cancelId);
        this.hear(cancelId, outcome.cancelled, []);
        if (order) this.#reject(order, outcome);
        return;
      case 'kept':
        if (order) this.#reject(order, outcome);
        // What it is now, filled or still resting, is not said.
        this.#cancelUnknown(cancelId);
        return;
      case 'unknown':
        if (order) this.#lose(order, outcome.reason);
        this.#cancelUnknown(cancelId);
    }
  }

  #cancelAnswered(id: string, outcome: CancelOutcome): void {
    if (outcome.outcome === 'cancelled') {
      this.#cancelling.delete(id);
      this.hear(id, outcome.report, []);
      return;
    }
    this.#cancelUnknown(id);
  }

  #cancelUnknown(id: string): void {
    if (!this.#open.has(id)) {
      this.#cancelling.delete(id);
      return;
    }
    this.#cancelling.set(id, 'unknown');
    this.ask(id);
  }

  /** What asking the exchange for an order has found. */
  #resolved(id: string, report: OrderReport | undefined, fills: readonly Fill[]): void {
    const order = this.#open.get(id);
    if (!order) return;
    // Still open: the cancel did not reach it, or has not yet; it is asked for again where that is still wanted.
    if (report && this.#cancelling.get(id) === 'unknown') this.#cancelling.delete(id);
    if (report) this.hear(id, report, fills);
    // One the exchange has acknowledged did reach it: that it does not know it now is asked again.
    else if (isUnheard(order.state) && order.fills.size === 0) {
      this.#update(order, { ...order, state: 'rejected', reason: 'never reached the exchange' });
    }
  }

  #reject(order: OwnOrder, { code, reason }: { readonly code: string; readonly reason: string }): void {
    // News that came first says that the order does exist: the exchange is asked which of the two is so.
    if (!isUnheard(order.state)) this.ask(order.clientOrderId);
    else
      this.#update(order, { ...order, state: transitionOrder(order.state, 'rejected'), reason: `${code}: ${reason}` });
  }

  #lose(order: OwnOrder, reason: string): void {
    const { clientOrderId: id } = order;
    if (isUnheard(order.state)) {
      this.#open.set(id, { ...order, state: transitionOrder(order.state, 'unknown'), reason });
      this.#changed();
    }
    this.#ports.log.warn('no answer to an order: asking the exchange for it', { id, reason });
    this.ask(id);
  }

  #update(before: OwnOrder, order: OwnOrder): void {
    const { clientOrderId: id } = order;
    if (order === before) return;
    this.#open.set(id, order);
    this.#changed();
    if (!isFinal(order.state)) return;
    this.#cancelling.delete(id);
    if (isSettled(order)) this.#settle(order);
    else this.ask(id);
  }

  #settle(order: OwnOrder): void {
    const { clientOrderId: id, pairId } = order;
    const booked = bookOrder(this.#account, order, this.#terms());
    this.#account = this.#raised(booked.account);
    this.#open.delete(id);
    this.#unanswered.delete(id);
    this.#changed();
    this.#remember(order);
    this.#justEnded.push(order);
    this.#ports.journal.settled(order, this.#account, booked.realisedPnl);
    if (!this.effective.holding) this.#highest = ZERO;
    if (pairId === null) return;
    // The exchange ends the other of a pair; its word for that may be lost.
    for (const other of this.#open.values()) if (other.pairId === pairId) this.ask(other.clientOrderId);
  }

  #remember(order: OwnOrder): void {
    this.#ended.set(order.clientOrderId, order);
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > REMEMBERED && oldest !== undefined) this.#ended.delete(oldest);
  }

  /** Late news of what is booked is no news; anything beyond it means that the books are not what the exchange has. */
  #checkBooked(id: string, report: OrderReport | undefined, fills: readonly Fill[]): void {
    const { slot, fence, decidedBars } = this.#options;
    const name = parseClientOrderId(slot, id);
    if (!name) return;
    const ended = this.#ended.get(id);
    const isForeign = !ended && name.epoch !== fence.epoch && !decidedBars.has(name.barClose);
    const isMore =
      ended && (fills.some((fill) => !ended.fills.has(fill.tradeId)) || report?.filled.gt(ended.filled) === true);
    if (!isForeign && !isMore) return;
    const must = isForeign ? `be of epoch ${fence.epoch}` : 'have ended with what was booked';
    throw new AresError('UNEXPECTED_ORDER', `orders of ${slot} that move must ${must}, ${id} did not`, { id });
  }
}

interface Lost {
  readonly outcome: 'unknown';
  readonly reason: string;
}

const NO_FILLS: ReadonlyMap<string, Fill> = new Map();
const NOTHING = quantity(ZERO);

const viewOf = (order: OwnOrder): OpenOrderView => ({
  clientOrderId: order.clientOrderId,
  leg: order.leg,
  side: order.side,
  state: order.state,
  barClose: order.barClose,
  pairId: order.pairId,
  remaining: remainingOf(order),
  price: order.limitPrice ?? order.stopPrice,
});
