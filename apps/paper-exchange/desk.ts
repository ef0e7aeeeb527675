import type { EpochMillis } from '../../src/core/ports/clock.ts';
import type { Venue } from '../../src/core/simulation/venue.ts';
import type { OrderDraft, VenueEvent, VenueOrder, VenueTrade } from '../../src/core/simulation/venue-order.ts';
import { accountPosition, executionReport } from './account-events.ts';
import type { MarketPosition } from './market-player.ts';
import { refusalError } from './order-request.ts';
import type { ExchangeStore } from './store.ts';

type AccountListener = (event: object) => void;

/** Takes orders and cancellations to the venue, saves what came of them, and then tells the account. */
export interface Desk {
  /** @throws ApiError when the venue refuses */
  place(draft: OrderDraft): { readonly order: VenueOrder; readonly trades: readonly VenueTrade[] };
  /** The cancelled order, `undefined` when it is not open. */
  cancel(orderId: number, cancelId: string): VenueOrder | undefined;
  /** Saves where market and venue stand, and tells what happened to orders. */
  record(events: readonly VenueEvent[], cancelId?: string): void;
  /** Calls back with every event of the user data stream until the returned function is called. */
  listen(listener: AccountListener): () => void;
}

interface DeskOptions {
  readonly symbolId: string;
  readonly venue: Venue;
  readonly store: ExchangeStore;
  readonly initialBalances: Readonly<Record<string, string>>;
  readonly market: () => string;
  readonly position: () => MarketPosition;
  readonly time: () => EpochMillis;
}

export function createDesk({ symbolId, venue, store, initialBalances, market, position, time }: DeskOptions): Desk {
  const listeners = new Set<AccountListener>();

  function tell(event: object): void {
    for (const listener of listeners) listener(event);
  }

  function record(events: readonly VenueEvent[], cancelId?: string): void {
    store.save({ market: market(), initialBalances, ...position(), venue: venue.snapshot() }, events);
    if (events.length === 0 || listeners.size === 0) return;
    for (const event of events)
      tell(executionReport(event, symbolId, event.kind === 'cancelled' ? cancelId : undefined));
    tell(accountPosition(venue, venue.rules, time()));
  }

  return {
    record,
    place(draft) {
      const placed = venue.place(draft, time());
      if (placed.outcome === 'refused') throw refusalError(placed);
      record(placed.events);
      const trades = placed.events.flatMap((event) => (event.kind === 'trade' ? [event.trade] : []));
      return { order: placed.order, trades };
    },
    cancel(orderId, cancelId) {
      const event = venue.cancel(orderId, time());
      if (!event) return undefined;
      record([event], cancelId);
      return event.order;
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
