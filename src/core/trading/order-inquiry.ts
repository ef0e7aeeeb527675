import { AresError, messageOf } from '../ares-error.ts';
import { epochMillis } from '../ports/clock.ts';
import type { Fill, OrderReport } from '../ports/exchange.ts';
import type { EngineCounters } from './engine-counters.ts';
import type { OrderNews } from './engine-message.ts';
import type { EnginePorts } from './engine-options.ts';
import { isFinal } from './order-lifecycle.ts';
import { applyFills, applyReport, isSettled, type OwnOrder } from './own-order.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

export interface InquiryOptions {
  readonly symbol: string;
  /** How long an order whose answer was lost may still turn up. */
  readonly recvWindowMs: number;
  readonly barMillis: number;
  readonly counters: Pick<EngineCounters, 'errors'>;
  /** The order while it is open. */
  readonly orderOf: (id: string) => OwnOrder | undefined;
}

/** What the exchange says of one order. */
export interface Answer {
  /** `undefined`: it knows none. */
  readonly report: OrderReport | undefined;
  readonly fills: readonly Fill[];
}

/** Asks the exchange for orders by their client ids, each by itself, with patience. */
export interface Inquiry {
  readonly isBusy: boolean;
  isAsking(id: string): boolean;
  /** Asks until the exchange says what the order is; what it says goes to `tell`. Once at a time for one order. */
  begin(id: string): void;
  /** Asks once. @returns `undefined` when the exchange did not answer */
  once(id: string): Promise<Answer | undefined>;
  close(): void;
}

export function createInquiry(
  options: InquiryOptions,
  ports: Omit<EnginePorts, 'exchange'> & { readonly exchange: Pick<EnginePorts['exchange'], 'order' | 'fillsSince'> },
  tell: (news: OrderNews) => void,
): Inquiry {
  const { symbol, recvWindowMs, barMillis, counters, orderOf } = options;
  const { exchange, monotonic, timers, log } = ports;
  const asking = new Map<string, symbol>();
  let closed = false;

  const read = async (order: OwnOrder): Promise<Answer> => {
    const report = await exchange.order(symbol, order.clientOrderId, order.exchangeOrderId ?? undefined);
    if (!report?.filled.gt(0)) return { report, fills: [] };
    const since = epochMillis(Math.max(0, order.barClose - 2 * barMillis));
    const all = await exchange.fillsSince(symbol, since);
    return { report, fills: all.filter((fill) => fill.exchangeOrderId === report.exchangeOrderId) };
  };
  const failed = (id: string, error: unknown): void => {
    counters.errors += 1;
    log.warn('the exchange did not say what became of an order; asking again', { id, error: messageOf(error) });
  };

  const askUntilKnown = async (id: string, turn: symbol): Promise<void> => {
    const asked = monotonic.now();
    const isOpen = (): boolean => !closed && orderOf(id) !== undefined;
    for (let pause = FIRST_PAUSE_MS, atLeast = 0; isOpen(); pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      await timers.sleep(Math.max(pause, atLeast));
      atLeast = 0;
      const order = orderOf(id);
      if (!order || closed) return;
      let answer: Answer;
      try {
        answer = await read(order);
      } catch (error) {
        failed(id, error);
        atLeast = retryAfterMs(error);
        continue;
      }
      if (closed) return;
      if (!answer.report && monotonic.now() - asked < recvWindowMs) continue;
      const isEnough = answer.report !== undefined && saysEnough(orderOf(id) ?? order, answer.report, answer.fills);
      // Whoever is told may begin the next question.
      if (isEnough) end(id, turn);
      tell({ kind: 'resolved', id, ...answer });
      if (isEnough) return;
    }
  };
  const end = (id: string, turn: symbol): void => {
    if (asking.get(id) === turn) asking.delete(id);
  };

  return {
    get isBusy() {
      // A question about an order that has ended meanwhile ends by itself, and nobody waits for it.
      for (const id of asking.keys()) if (orderOf(id)) return true;
      return false;
    },
    isAsking: (id) => asking.has(id),
    begin(id) {
      if (closed || asking.has(id) || !orderOf(id)) return;
      const turn = Symbol(id);
      asking.set(id, turn);
      void askUntilKnown(id, turn).finally(() => end(id, turn));
    },
    async once(id) {
      const order = orderOf(id);
      if (!order) return undefined;
      try {
        return await read(order);
      } catch (error) {
        failed(id, error);
        return undefined;
      }
    },
    close() {
      closed = true;
      asking.clear();
    },
  };
}

/** Whether nothing more need be asked: the order rests, or has ended with all its fills. */
function saysEnough(order: OwnOrder, report: OrderReport, fills: readonly Fill[]): boolean {
  const known = applyReport(applyFills(order, fills), report);
  return !isFinal(known.state) || isSettled(known);
}

/** How long the exchange wants to be left alone, in milliseconds. */
function retryAfterMs(error: unknown): number {
  const wanted = error instanceof AresError ? error.data.retryAfterMs : undefined;
  return typeof wanted === 'number' && wanted > 0 ? wanted : 0;
}
