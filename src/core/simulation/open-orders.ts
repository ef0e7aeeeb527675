import type { MarketRules } from '../ports/exchange.ts';
import { ZERO } from '../trading/money.ts';
import type { Account } from './account.ts';
import { lockedBy, type WorkingOrder } from './working-order.ts';

/** The orders that rest or wait in one market: exactly those that hold something locked, a pair counting once. */
export interface OpenOrders {
  readonly size: number;
  /** How many wait for a trigger. */
  waiting(): number;
  get(id: number): WorkingOrder | undefined;
  has(id: number): boolean;
  ofClient(clientOrderId: string): WorkingOrder | undefined;
  hasClientId(clientOrderId: string): boolean;
  /** In the order they came. */
  all(): IterableIterator<WorkingOrder>;
  /** Lets an order rest, with what it needs locked. */
  rest(working: WorkingOrder): void;
  /** Lets both halves rest, with the larger of their locks held by one. */
  restPair(legs: readonly [WorkingOrder, WorkingOrder]): void;
  /** Takes over an order, or both halves of a pair, for which everything is locked already. */
  adopt(working: WorkingOrder, other?: WorkingOrder): void;
  /** Brings the lock of an order to what is left of it. */
  relock(working: WorkingOrder): void;
  /** Takes the order out and gives back what it holds. The other half of a pair has no lock of its own then, until it trades, goes to the book or ends as well. */
  remove(working: WorkingOrder): void;
  /** Whether prices strictly inside a range (in price steps) leave every order as it is; only for the modelled book. */
  isQuiet(lowTicks: number, highTicks: number): boolean;
}

export function createOpenOrders(rules: MarketRules, account: Account): OpenOrders {
  const orders = new Map<number, WorkingOrder>();
  const byClientId = new Map<string, WorkingOrder>();
  let floor = Number.NEGATIVE_INFINITY;
  let ceiling = Number.POSITIVE_INFINITY;
  let stale = false;

  /** The prices at which the first order could trade or be triggered, below and above. */
  function measure(): void {
    floor = Number.NEGATIVE_INFINITY;
    ceiling = Number.POSITIVE_INFINITY;
    for (const { order, limitTicks, stopTicks, below } of orders.values()) {
      const ticks = stopTicks ?? limitTicks;
      if (ticks === undefined) continue;
      const falls = stopTicks === undefined ? order.side === 'buy' : below;
      if (falls) floor = Math.max(floor, ticks);
      else ceiling = Math.min(ceiling, ticks);
    }
    stale = false;
  }

  function put(working: WorkingOrder): void {
    orders.set(working.order.id, working);
    byClientId.set(working.order.clientOrderId, working);
    stale = true;
  }

  function relock(working: WorkingOrder): void {
    const { asset, amount } = lockedBy(working.order, rules);
    if (amount.gt(working.locked)) account.lock(asset, amount.minus(working.locked));
    else if (amount.lt(working.locked)) account.unlock(asset, working.locked.minus(amount));
    working.locked = amount;
  }

  /** The half whose lock covers either: the other needs none. */
  const holderOf = (first: WorkingOrder, second: WorkingOrder): WorkingOrder =>
    lockedBy(second.order, rules).amount.gt(lockedBy(first.order, rules).amount) ? second : first;

  return {
    get size() {
      return orders.size;
    },
    waiting() {
      let count = 0;
      for (const { stopTicks } of orders.values()) if (stopTicks !== undefined) count += 1;
      return count;
    },
    get: (id) => orders.get(id),
    has: (id) => orders.has(id),
    ofClient: (clientOrderId) => byClientId.get(clientOrderId),
    hasClientId: (clientOrderId) => byClientId.has(clientOrderId),
    all: () => orders.values(),
    relock,
    rest(working) {
      relock(working);
      put(working);
    },
    restPair([first, second]) {
      relock(holderOf(first, second));
      put(first);
      put(second);
    },
    adopt(working, other) {
      const holder = other ? holderOf(working, other) : working;
      holder.locked = lockedBy(holder.order, rules).amount;
      put(working);
      if (other) put(other);
    },
    remove(working) {
      if (!orders.delete(working.order.id)) return;
      byClientId.delete(working.order.clientOrderId);
      stale = true;
      if (working.locked.gt(ZERO)) account.unlock(lockedBy(working.order, rules).asset, working.locked);
      working.locked = ZERO;
    },
    isQuiet(lowTicks, highTicks) {
      if (orders.size === 0) return true;
      if (stale) measure();
      return lowTicks > floor && highTicks < ceiling;
    },
  };
}
