import { AresError, messageOf } from '../ares-error.ts';
import type { SlotId } from '../models/slot.ts';
import { type EpochMillis, epochMillis, type Monotonic, type Timers } from '../ports/clock.ts';
import type { Exchange, Fill, MarketRules, OrderReport, SubmitOutcome } from '../ports/exchange.ts';
import type { Log } from '../ports/log.ts';
import type { ApprovedOrder } from '../risk/approved-order.ts';
import { parseClientOrderId } from './client-order-id.ts';
import type { EngineCounters } from './engine-counters.ts';
import { quantity, ZERO } from './money.ts';
import { isFinal, transitionOrder } from './order-lifecycle.ts';
import { applyFills, applyReport, isSettled, type OwnOrder } from './own-order.ts';
import { bookFills, type SlotAccount } from './slot-account.ts';
import type { TradingJournal } from './trading-journal.ts';

/** What comes back about an order, for the engine's mailbox. */
export type OrderNews =
  | { readonly kind: 'submitted'; readonly id: string; readonly outcome: SubmitOutcome }
  | {
      readonly kind: 'resolved';
      readonly id: string;
      readonly report: OrderReport | undefined;
      readonly fills: readonly Fill[];
    };

/** The right to send: asked just before every order. */
export interface Fence {
  readonly epoch: number;
  holds(): boolean;
}

export interface OrderDeskOptions {
  readonly slot: SlotId;
  readonly rules: MarketRules;
  readonly barMillis: number;
  readonly account: SlotAccount;
  /** Bars the exchange knows an order of ours for from before this start. */
  readonly decidedBars: ReadonlySet<number>;
  readonly fence: Fence;
  /** How long an order whose answer was lost may still turn up. */
  readonly recvWindowMs: number;
  readonly counters: Pick<EngineCounters, 'orders' | 'errors'>;
}

export interface OrderDeskPorts {
  readonly exchange: Pick<Exchange, 'submit' | 'order' | 'fillsSince'>;
  readonly journal: TradingJournal;
  readonly monotonic: Monotonic;
  readonly timers: Timers;
  readonly log: Log;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
/** Ended orders whose late news is still compared with what was booked. */
const REMEMBERED = 100;

/**
 * The orders of one slot, one at a time, from the send to the books.
 *
 * Its methods are called from the engine's mailbox only; answers come back through `tell`, in their turn.
 */
export class OrderDesk {
  account: SlotAccount;
  readonly #options: OrderDeskOptions;
  readonly #ports: OrderDeskPorts;
  readonly #tell: (news: OrderNews) => void;
  readonly #ended = new Map<string, OwnOrder>();
  #inFlight: OwnOrder | undefined;
  /** The order the exchange is being asked for. */
  #asking: string | undefined;
  #closed = false;

  constructor(options: OrderDeskOptions, ports: OrderDeskPorts, tell: (news: OrderNews) => void) {
    this.#options = options;
    this.#ports = ports;
    this.#tell = tell;
    this.account = options.account;
  }

  /** The order that has not ended yet; no other is sent meanwhile. */
  get inFlight(): OwnOrder | undefined {
    return this.#inFlight;
  }

  /** Asks for no order any more. */
  close(): void {
    this.#closed = true;
  }

  /** @throws AresError `FENCED` when the lease has run out: another trader may own the slot, its orders and its records */
  requireLease(): void {
    const { fence, slot } = this.#options;
    if (!fence.holds()) throw new AresError('FENCED', `the lease of ${slot} must be held to trade it, had run out`);
  }

  /** Hands an order to the exchange, then journals it: the wire does not wait for the disk. @throws AresError `FENCED` when the lease has run out */
  send(order: ApprovedOrder, barClose: EpochMillis, modelHash: string | null): void {
    const { clientOrderId: id, symbol, side } = order;
    this.requireLease();
    const own: OwnOrder = {
      clientOrderId: id,
      exchangeOrderId: null,
      symbol,
      side,
      quantity: order.quantity,
      barClose,
      modelHash,
      state: 'intent',
      filled: quantity(ZERO),
      fills: new Map(),
      updatedAt: barClose,
      reason: null,
    };
    this.#inFlight = own;
    this.#options.counters.orders += 1;
    this.#ports.exchange.submit(order).then(
      (outcome) => this.#tell({ kind: 'submitted', id, outcome }),
      // An adapter that throws has not said what became of the order.
      (error: unknown) =>
        this.#tell({ kind: 'submitted', id, outcome: { outcome: 'unknown', reason: messageOf(error) } }),
    );
    this.#ports.journal.intent(own);
  }

  /** The exchange's answer to the send, or that there was none. */
  submitted(id: string, outcome: SubmitOutcome): void {
    const order = this.#inFlight;
    if (order?.clientOrderId !== id) return;
    if (outcome.outcome === 'acknowledged') {
      this.hear(id, outcome.report, outcome.fills);
    } else if (outcome.outcome === 'rejected') {
      const reason = `${outcome.code}: ${outcome.reason}`;
      this.#update({ ...order, state: transitionOrder(order.state, 'rejected'), reason });
    } else {
      if (order.state === 'intent') this.#inFlight = { ...order, state: 'unknown', reason: outcome.reason };
      this.#ports.log.warn('no answer to an order: asking the exchange for it', { id, reason: outcome.reason });
      this.ask();
    }
  }

  /**
   * A report or fills of an order, from whichever way they came first.
   *
   * @throws AresError `UNEXPECTED_ORDER` when an order of this slot moves that this trader has not sent, or more of it than was booked
   */
  hear(id: string | undefined, report: OrderReport | undefined, fills: readonly Fill[]): void {
    const order = this.#inFlight;
    if (id === undefined) return;
    if (order?.clientOrderId === id) {
      const filled = applyFills(order, fills);
      this.#update(report ? applyReport(filled, report) : filled);
    } else {
      this.#checkBooked(id, report, fills);
    }
  }

  /** What asking the exchange for an order has found. */
  resolved(id: string, report: OrderReport | undefined, fills: readonly Fill[]): void {
    const order = this.#inFlight;
    if (order?.clientOrderId !== id) return;
    // One the exchange has acknowledged did reach it: that it does not know it now is asked again.
    const isUnheard = order.state === 'intent' || order.state === 'unknown';
    if (report) this.hear(id, report, fills);
    else if (isUnheard && order.fills.size === 0) {
      this.#update({ ...order, state: 'rejected', reason: 'never reached the exchange' });
    }
  }

  /** The client id of an order in flight, for news that names only the exchange's. */
  idOf(exchangeOrderId: string): string | undefined {
    return this.#inFlight?.exchangeOrderId === exchangeOrderId ? this.#inFlight.clientOrderId : undefined;
  }

  /** Asks the exchange for the order in flight until it says what became of it; one it does not know after a receive window never reached it. */
  ask(): void {
    const id = this.#inFlight?.clientOrderId;
    if (id === undefined || this.#asking === id) return;
    this.#asking = id;
    void this.#askUntilKnown(id).finally(() => {
      if (this.#asking === id) this.#asking = undefined;
    });
  }

  async #askUntilKnown(id: string): Promise<void> {
    const { exchange, monotonic, timers, log } = this.#ports;
    const { symbol } = this.#options.rules;
    const asked = monotonic.now();
    const since = epochMillis(Math.max(0, (this.#inFlight?.barClose ?? 0) - 2 * this.#options.barMillis));
    const isOpen = (): boolean => !this.#closed && this.#inFlight?.clientOrderId === id;
    for (let pause = FIRST_PAUSE_MS; isOpen(); pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      await timers.sleep(pause);
      try {
        const report = await exchange.order(symbol, id);
        if (!report && monotonic.now() - asked < this.#options.recvWindowMs) continue;
        const all = report ? await exchange.fillsSince(symbol, since) : [];
        const fills = all.filter((fill) => fill.exchangeOrderId === report?.exchangeOrderId);
        this.#tell({ kind: 'resolved', id, report, fills });
      } catch (error) {
        this.#options.counters.errors += 1;
        log.warn('the exchange did not say what became of an order; asking again', { id, error: messageOf(error) });
      }
    }
  }

  #update(order: OwnOrder): void {
    this.#inFlight = order;
    if (!isFinal(order.state)) return;
    if (!isSettled(order)) {
      this.ask();
      return;
    }
    const booked = bookFills(this.account, [...order.fills.values()], this.#options.rules);
    this.account = booked.account;
    this.#inFlight = undefined;
    this.#remember(order);
    this.#ports.journal.settled(order, booked.account, booked.realisedPnl);
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
    const isForeign = name.epoch !== fence.epoch && !decidedBars.has(name.barClose);
    const isMore =
      ended && (fills.some((fill) => !ended.fills.has(fill.tradeId)) || report?.filled.gt(ended.filled) === true);
    if (!isForeign && !isMore) return;
    const must = isForeign ? `be of epoch ${fence.epoch}` : 'have ended with what was booked';
    throw new AresError('UNEXPECTED_ORDER', `orders of ${slot} that move must ${must}, ${id} did not`, { id });
  }
}
