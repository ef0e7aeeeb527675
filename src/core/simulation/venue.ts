import type { EpochMillis } from '../ports/clock.ts';
import type { Balance, MarketRules, Transfer } from '../ports/exchange.ts';
import { type Decimal, ZERO } from '../trading/money.ts';
import { type Account, type BalanceTexts, createAccount, type TransferTexts, transferTexts } from './account.ts';
import type { MarketPoint } from './candle-path.ts';
import { createMatching, type QueueModel } from './matching.ts';
import { createOpenOrders } from './open-orders.ts';
import { type BookModel, type BookSide, DEFAULT_BOOK, toTicks } from './order-book.ts';
import { checkClientId, checkOrder, ORDER_BOUNDS } from './order-checks.ts';
import { checkPair } from './pair-checks.ts';
import { checkCovered, checkMarket, checkPlacement } from './placement-checks.ts';
import { createVenueBook, oppositeOf, type Taken } from './venue-book.ts';
import type { OrderDraft, PairDraft, Refusal, VenueEvent, VenueOrder, VenuePair } from './venue-order.ts';
import { hasLimit, hasTrigger, refusal } from './venue-order.ts';
import {
  lockedBy,
  orderFromTexts,
  orderTexts,
  type VenueOrderTexts,
  type WorkingOrder,
  type WorkingPair,
  workingOrder,
} from './working-order.ts';

/** Everything a venue is made of, as JSON. What may be missing came later than the rest. */
export interface VenueSnapshot {
  /** Empty where the account is shared: it is kept by whoever shares it. */
  readonly balances: BalanceTexts;
  readonly open: readonly VenueOrderTexts[];
  readonly nextOrderId: number;
  readonly nextTradeId: number;
  readonly point: MarketPoint | null;
  readonly taken: Taken;
  readonly transfers?: readonly TransferTexts[];
  /** Those with an order still open. */
  readonly pairs?: readonly VenuePair[];
  readonly nextListId?: number;
  /** By order id, in quantity steps: where the queue is modelled. */
  readonly ahead?: Readonly<Record<string, number>>;
}

export interface VenueOptions {
  readonly book?: BookModel;
  readonly queue?: QueueModel;
  /** Shared with other markets; without one, the venue has an account of its own from its snapshot. */
  readonly account?: Account;
}

export type PlaceOutcome =
  | { readonly outcome: 'accepted'; readonly order: VenueOrder; readonly events: readonly VenueEvent[] }
  | Refusal;

export type PairPlaceOutcome =
  | {
      readonly outcome: 'accepted';
      readonly pair: VenuePair;
      readonly above: VenueOrder;
      readonly below: VenueOrder;
      readonly events: readonly VenueEvent[];
    }
  | Refusal;

export interface ReplaceResult {
  readonly outcome: 'tried';
  /** `undefined` when the order was not open. */
  readonly cancelled: readonly VenueEvent[] | undefined;
  /** `undefined` when it was not tried. */
  readonly placed: PlaceOutcome | undefined;
}

/**
 * A spot market of an account: matches its orders against a book modelled around the market's price.
 *
 * It has no clock and no randomness: the same calls give the same results. Buys receive base and sells receive quote, each less its fee. An order that takes
 * walks the levels of the modelled book and pays each at its price: that is all the slippage there is; what the book cannot fill expires (market) or rests (limit).
 */
export interface Venue {
  readonly rules: MarketRules;
  place(draft: OrderDraft, at: EpochMillis): PlaceOutcome;
  /** Both orders or neither; what they need is locked once. When one trades or is triggered the other expires, when one is cancelled both are. */
  placePair(draft: PairDraft, at: EpochMillis): PairPlaceOutcome;
  /** What was cancelled, the order itself first; `undefined` when no open order has this id. */
  cancel(orderId: number, at: EpochMillis): readonly VenueEvent[] | undefined;
  /**
   * Cancels one order and places another. The new one is held against the market's rules first: breaking them leaves the old one as it was.
   *
   * @param always places the new one also where there was nothing to cancel
   */
  replace(orderId: number | undefined, draft: OrderDraft, at: EpochMillis, always?: boolean): ReplaceResult | Refusal;
  /**
   * Moves the market. Triggers reached on the way execute at their own price, stops before take-profits, then resting limits fill as makers;
   * on a jump triggers execute at the price jumped to.
   */
  moveTo(point: MarketPoint): readonly VenueEvent[];
  /** Whether moving anywhere between two prices would leave every open order as it is. */
  isQuiet(low: number, high: number): boolean;
  /** `undefined` before the market has one. */
  lastPrice(): number | undefined;
  openOrders(): readonly VenueOrder[];
  openOrder(clientOrderId: string): VenueOrder | undefined;
  /** Those with an order still open. */
  openPairs(): readonly VenuePair[];
  balance(asset: string): Balance;
  assets(): readonly string[];
  /** A deposit (above 0) or withdrawal (below 0). @throws AresError `TRANSFER_INVALID`, `BALANCE_NEGATIVE` */
  transfer(asset: string, amount: Decimal, at: EpochMillis): Transfer;
  /** All of them, oldest first. */
  transfers(): readonly Transfer[];
  /** Levels still offered at this moment, best first; at most `limit`. */
  book(side: BookSide, limit?: number): readonly { readonly price: Decimal; readonly quantity: Decimal }[];
  /** The best level still offered. */
  best(side: BookSide): { readonly price: Decimal; readonly quantity: Decimal } | undefined;
  /** Hands out ids for trades of others, so that all of a market's trades share one sequence; returns the first. */
  takeTradeIds(count: number): number;
  snapshot(): VenueSnapshot;
}

const NOTHING: readonly VenueEvent[] = [];

/** A snapshot of a venue that has seen nothing yet. */
export function emptyVenue(balances: Readonly<Record<string, string>> = {}): VenueSnapshot {
  const entries = Object.entries(balances).map(([asset, free]) => [asset, { free, locked: '0' }] as const);
  return {
    balances: Object.fromEntries(entries),
    open: [],
    nextOrderId: 1,
    nextTradeId: 1,
    point: null,
    taken: { bid: 0, ask: 0 },
  };
}

/** Builds a venue that goes on from a snapshot. */
export function createVenue(rules: MarketRules, snapshot: VenueSnapshot, options: VenueOptions = {}): Venue {
  const { queue = 'none' } = options;
  const account = options.account ?? createAccount(snapshot.balances, snapshot.transfers);
  const book = createVenueBook(rules, options.book ?? DEFAULT_BOOK, snapshot.point, snapshot.taken);
  const open = createOpenOrders(rules, account);
  const pairs = new Map<number, WorkingPair>();
  let { nextOrderId, nextTradeId, nextListId = 1 } = snapshot;
  const matching = createMatching({ rules, account, book, open, queue, nextTradeId: () => nextTradeId++ });
  restore();

  function restore(): void {
    const found = new Map<number, WorkingOrder>();
    for (const texts of snapshot.open) {
      const working = workingOrder(orderFromTexts(texts), book.scale);
      working.ahead = snapshot.ahead?.[texts.id] ?? 0;
      found.set(texts.id, working);
    }
    const known = new Map((snapshot.pairs ?? []).map((pair) => [pair.listId, pair]));
    for (const working of found.values()) {
      if (open.has(working.order.id)) continue;
      const pair = known.get(working.order.listId ?? 0);
      const otherId = pair?.orders.find(({ id }) => id !== working.order.id)?.id;
      const other = otherId === undefined ? undefined : found.get(otherId);
      if (pair) join(pair, other ? [working, other] : [working]);
      open.adopt(working, other);
    }
  }

  function join(pair: VenuePair, legs: readonly WorkingOrder[]): void {
    const joined: WorkingPair = { pair, legs };
    pairs.set(pair.listId, joined);
    for (const leg of legs) leg.pair = joined;
  }

  function newOrder(draft: OrderDraft, at: EpochMillis, id: number, listId: number | null): VenueOrder {
    const limited = hasLimit(draft.type);
    const waits = hasTrigger(draft.type);
    return {
      id,
      listId,
      clientOrderId: draft.clientOrderId,
      side: draft.side,
      type: draft.type,
      timeInForce: draft.timeInForce,
      status: 'new',
      price: (limited ? draft.price : undefined) ?? ZERO,
      stopPrice: (waits ? draft.stopPrice : undefined) ?? ZERO,
      quantity: draft.quoteQuantity
        ? book.quantityForQuote(oppositeOf(draft), draft.quoteQuantity)
        : (draft.quantity ?? ZERO),
      quoteQuantity: draft.quoteQuantity ?? ZERO,
      filled: ZERO,
      cost: ZERO,
      createdAt: at,
      updatedAt: at,
      workingAt: waits ? null : at,
    };
  }

  const noMarket = () => refusal('NO_MARKET', 'the market must have a price before orders are taken, had none');

  /** Places an order that keeps the rules of the market. */
  function accept(draft: OrderDraft, at: EpochMillis, ticks: number): PlaceOutcome {
    const doubled = checkClientId(draft.clientOrderId, open);
    if (doubled) return doubled;
    const working = workingOrder(newOrder(draft, at, nextOrderId, null), book.scale);
    const waits = working.stopTicks !== undefined;
    const fills = waits ? [] : book.fillsFor(working);
    const refused = checkPlacement(working, fills, { rules, book, account, ticks });
    if (refused) return refused;
    nextOrderId += 1;
    const events: VenueEvent[] = [{ kind: 'new', order: working.order }];
    if (waits) matching.rest(working);
    else matching.take(working, fills, at, events);
    return { outcome: 'accepted', order: working.order, events };
  }

  function checkPairDraft(draft: PairDraft, lastPrice: Decimal): Refusal | undefined {
    const count = pairs.size;
    if (count >= ORDER_BOUNDS.maxPairs) {
      return refusal('MAX_NUM_ORDER_LISTS', `open pairs must be fewer than ${ORDER_BOUNDS.maxPairs}, were ${count}`);
    }
    for (const { pair } of pairs.values()) {
      if (pair.listClientOrderId !== draft.listClientOrderId) continue;
      const must = 'listClientOrderId must be unlike those of open pairs';
      return refusal('DUPLICATE_CLIENT_ORDER_ID', `${must}, was "${draft.listClientOrderId}"`);
    }
    for (const leg of [draft.above, draft.below]) {
      const broken = checkOrder(leg, rules, lastPrice, open, 2) ?? checkClientId(leg.clientOrderId, open);
      if (broken) return broken;
    }
    return checkPair(draft, lastPrice);
  }

  function placePair(draft: PairDraft, at: EpochMillis): PairPlaceOutcome {
    const point = book.point();
    if (!point) return noMarket();
    const ticks = book.lastTicks(point);
    const broken = checkPairDraft(draft, book.price(ticks));
    if (broken) return broken;
    const isSale = draft.above.side === 'sell';
    const [stopDraft, targetDraft] = isSale ? [draft.below, draft.above] : [draft.above, draft.below];
    const stop = workingOrder(newOrder(stopDraft, at, nextOrderId, nextListId), book.scale);
    const target = workingOrder(newOrder(targetDraft, at, nextOrderId + 1, nextListId), book.scale);
    const [one, other] = [lockedBy(stop.order, rules), lockedBy(target.order, rules)];
    const fills = target.stopTicks === undefined ? book.fillsFor(target) : [];
    const refused =
      checkMarket(target, fills, { rules, book, account, ticks }) ??
      checkCovered(one.asset, one.amount.gt(other.amount) ? one.amount : other.amount, account);
    if (refused) return refused;
    const pair: VenuePair = {
      listId: nextListId,
      listClientOrderId: draft.listClientOrderId,
      orders: [stop, target].map(({ order }) => ({ id: order.id, clientOrderId: order.clientOrderId })),
      status: 'executing',
      createdAt: at,
      updatedAt: at,
    };
    nextListId += 1;
    nextOrderId += 2;
    join(pair, [stop, target]);
    matching.join(target);
    open.restPair([stop, target]);
    const events: VenueEvent[] = [
      { kind: 'new', order: stop.order },
      { kind: 'new', order: target.order },
      { kind: 'pair_started', order: target.order, pair },
    ];
    const [above, below] = isSale ? [target.order, stop.order] : [stop.order, target.order];
    return { outcome: 'accepted', pair, above, below, events };
  }

  function forgetDonePairs(events: readonly VenueEvent[]): readonly VenueEvent[] {
    if (pairs.size === 0) return events;
    for (const event of events) if (event.kind === 'pair_done') pairs.delete(event.pair.listId);
    return events;
  }

  function cancel(orderId: number, at: EpochMillis): readonly VenueEvent[] | undefined {
    const working = open.get(orderId);
    if (!working) return undefined;
    const events: VenueEvent[] = [];
    matching.cancel(working, at, events);
    return forgetDonePairs(events);
  }

  const openOrders = (): readonly VenueOrder[] => Array.from(open.all(), ({ order }) => order);
  const openPairs = (): readonly VenuePair[] => Array.from(pairs.values(), ({ pair }) => pair);

  return {
    rules,
    openOrders,
    openPairs,
    placePair,
    cancel,
    place(draft, at) {
      const point = book.point();
      if (!point) return noMarket();
      const ticks = book.lastTicks(point);
      return checkOrder(draft, rules, book.price(ticks), open) ?? accept(draft, at, ticks);
    },
    replace(orderId, draft, at, always = false) {
      const point = book.point();
      if (!point) return noMarket();
      const ticks = book.lastTicks(point);
      const broken = checkOrder(draft, rules, book.price(ticks), open);
      if (broken) return broken;
      const cancelled = orderId === undefined ? undefined : cancel(orderId, at);
      return { outcome: 'tried', cancelled, placed: cancelled || always ? accept(draft, at, ticks) : undefined };
    },
    moveTo(point) {
      book.renew(point);
      if (open.size === 0) return NOTHING;
      if (!point.top) {
        const ticks = book.lastTicks(point);
        if (open.isQuiet(ticks, ticks)) return NOTHING;
      }
      const events: VenueEvent[] = [];
      matching.move(point, events);
      return forgetDonePairs(events);
    },
    isQuiet: (low, high) => open.isQuiet(toTicks(book.scale, low), toTicks(book.scale, high)),
    lastPrice: () => book.point()?.price,
    openOrder: (clientOrderId) => open.ofClient(clientOrderId)?.order,
    balance: (asset) => account.balance(asset),
    assets: () => account.assets(),
    transfer: (asset, amount, at) => account.transfer(asset, amount, at),
    transfers: () => account.transfers(),
    book: (side, limit) => {
      const levels = book.offered(side, limit);
      return levels.map(({ ticks, steps }) => ({ price: book.price(ticks), quantity: book.quantity(steps) }));
    },
    best(side) {
      const level = book.best(side);
      return level && { price: book.price(level.ticks), quantity: book.quantity(level.steps) };
    },
    takeTradeIds(count) {
      const first = nextTradeId;
      nextTradeId += count;
      return first;
    },
    snapshot: () => ({
      balances: options.account ? {} : account.snapshot(),
      open: openOrders().map(orderTexts),
      nextOrderId,
      nextTradeId,
      point: book.point(),
      taken: book.taken(),
      nextListId,
      pairs: openPairs(),
      ...(options.account ? {} : { transfers: account.transfers().map(transferTexts) }),
      ...(queue === 'none'
        ? {}
        : { ahead: Object.fromEntries(Array.from(open.all(), ({ order, ahead }) => [order.id, ahead])) }),
    }),
  };
}
