import type { EpochMillis } from '../../src/core/ports/clock.ts';
import type { Transfer } from '../../src/core/ports/exchange.ts';
import { type Account, transferTexts } from '../../src/core/simulation/account.ts';
import type { ReplaceResult, Venue } from '../../src/core/simulation/venue.ts';
import type {
  OrderDraft,
  PairDraft,
  Refusal,
  VenueEvent,
  VenueOrder,
  VenuePair,
  VenueTrade,
} from '../../src/core/simulation/venue-order.ts';
import type { Decimal } from '../../src/core/trading/money.ts';
import { accountPosition, balanceUpdate, executionReport, listStatus } from './account-events.ts';
import { badRequest } from './api-error.ts';
import type { MarketPosition } from './market-player.ts';
import { refusalError } from './order-request.ts';
import type { ExchangeStore, MarketEvents } from './store.ts';

type AccountListener = (event: object) => void;

/** Where an order goes: one market of the exchange. */
interface Place {
  readonly symbolId: string;
  readonly venue: Venue;
}

interface Placed {
  readonly order: VenueOrder;
  readonly trades: readonly VenueTrade[];
}

/** Takes orders and cancellations to the venues, saves what came of them, and then tells the account. */
export interface Desk {
  /** @throws ApiError when the venue refuses */
  place(market: Place, draft: OrderDraft): Placed;
  /** @throws ApiError when the venue refuses */
  placePair(
    market: Place,
    draft: PairDraft,
  ): { readonly pair: VenuePair; readonly above: VenueOrder; readonly below: VenueOrder };
  /** What was cancelled, the order itself first; `undefined` when it is not open. */
  cancel(market: Place, orderId: number, cancelId: string): readonly VenueOrder[] | undefined;
  /** Cancels one and places another; `always`: also where there was nothing to cancel. @throws ApiError where the new order breaks the market's rules: nothing was done then */
  replace(
    market: Place,
    orderId: number | undefined,
    draft: OrderDraft,
    cancelId: string,
    always: boolean,
  ): { readonly cancelled: VenueOrder | undefined; readonly placed: Placed | Refusal | undefined };
  /** @throws AresError `TRANSFER_INVALID`, `BALANCE_NEGATIVE` */
  transfer(asset: string, amount: Decimal): Transfer;
  /** Saves where markets and venues stand, and tells what happened to orders. */
  record(moves: readonly MarketEvents[], cancelId?: string): void;
  /** Calls back with every event of the user data stream until the returned function is called. */
  listen(listener: AccountListener): () => void;
}

interface DeskOptions {
  readonly venues: ReadonlyMap<string, Venue>;
  readonly account: Account;
  readonly store: ExchangeStore;
  readonly initialBalances: Readonly<Record<string, string>>;
  readonly market: () => string;
  readonly position: () => MarketPosition;
  readonly time: () => EpochMillis;
  /** What scripted faults make of the events that happened together. */
  readonly distort: (events: readonly object[]) => readonly object[];
  /** Whether an id may come again once its order has ended, as on Binance. */
  readonly mayReuseIds: () => boolean;
}

const tradesOf = (events: readonly VenueEvent[]): VenueTrade[] =>
  events.flatMap((event) => (event.kind === 'trade' ? [event.trade] : []));

export function createDesk(options: DeskOptions): Desk {
  const { venues, account, store, initialBalances, market, position, time } = options;
  const listeners = new Set<AccountListener>();

  function tell(events: readonly object[]): void {
    for (const event of options.distort(events)) {
      for (const listener of listeners) listener(event);
    }
  }

  function save(moves: readonly MarketEvents[]): void {
    const state = {
      market: market(),
      initialBalances,
      ...position(),
      account: { balances: account.snapshot(), transfers: account.transfers().map(transferTexts) },
      venues: Object.fromEntries([...venues].map(([symbolId, venue]) => [symbolId, venue.snapshot()])),
    };
    store.save(state, moves);
  }

  function eventsOf({ symbolId, events }: MarketEvents, cancelId?: string): readonly object[] {
    const rules = venues.get(symbolId)?.rules;
    if (events.length === 0 || !rules) return [];
    const told = events.map((event) =>
      event.kind === 'pair_started' || event.kind === 'pair_done'
        ? listStatus(event.pair, symbolId)
        : executionReport(event, symbolId, event.kind === 'cancelled' ? cancelId : undefined),
    );
    return [...told, accountPosition(account, [rules.base, rules.quote], time())];
  }

  function record(moves: readonly MarketEvents[], cancelId?: string): void {
    save(moves);
    if (listeners.size === 0) return;
    for (const move of moves) {
      const events = eventsOf(move, cancelId);
      if (events.length > 0) tell(events);
    }
  }

  function checkUnused(symbolId: string, clientOrderId: string): void {
    if (options.mayReuseIds() || !store.orderByClientId(symbolId, clientOrderId)) return;
    throw badRequest(-2010, 'Duplicate order sent.');
  }

  function afterReplace({ symbolId }: Place, { cancelled = [], placed }: ReplaceResult, cancelId: string) {
    const events = placed?.outcome === 'accepted' ? placed.events : [];
    record([{ symbolId, events: [...cancelled, ...events] }], cancelId);
    const kept = placed?.outcome === 'accepted' ? { order: placed.order, trades: tradesOf(events) } : placed;
    return { cancelled: cancelled[0]?.order, placed: kept };
  }

  return {
    record,
    place({ symbolId, venue }, draft) {
      checkUnused(symbolId, draft.clientOrderId);
      const placed = venue.place(draft, time());
      if (placed.outcome === 'refused') throw refusalError(placed);
      record([{ symbolId, events: placed.events }]);
      return { order: placed.order, trades: tradesOf(placed.events) };
    },
    placePair({ symbolId, venue }, draft) {
      checkUnused(symbolId, draft.above.clientOrderId);
      checkUnused(symbolId, draft.below.clientOrderId);
      const placed = venue.placePair(draft, time());
      if (placed.outcome === 'refused') throw refusalError(placed);
      record([{ symbolId, events: placed.events }]);
      return placed;
    },
    cancel({ symbolId, venue }, orderId, cancelId) {
      const events = venue.cancel(orderId, time());
      if (!events) return undefined;
      record([{ symbolId, events }], cancelId);
      return events.flatMap((event) => (event.kind === 'cancelled' ? [event.order] : []));
    },
    replace(place, orderId, draft, cancelId, always) {
      checkUnused(place.symbolId, draft.clientOrderId);
      const done = place.venue.replace(orderId, draft, time(), always);
      if (done.outcome === 'refused') throw refusalError(done);
      return afterReplace(place, done, cancelId);
    },
    transfer(asset, amount) {
      const transfer = account.transfer(asset, amount, time());
      save([]);
      if (listeners.size > 0) tell([balanceUpdate(transfer), accountPosition(account, [asset], time())]);
      return transfer;
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
