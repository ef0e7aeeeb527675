import type { SlotId } from '../../src/core/models/slot.ts';
import type { MarketCapabilities } from '../../src/core/ports/exchange.ts';
import type { Dice } from './dice.ts';
import type { ExchangeServer } from './exchange-server.ts';
import type { Faults } from './faults.ts';
import type { Observer } from './observer.ts';
import type { Scheduler } from './scheduler.ts';
import type { StreamHub } from './stream-hub.ts';
import type { TrackedOrders } from './tracked-orders.ts';
import type { VirtualLedger } from './virtual-ledger.ts';

export const SLOT = 'paper:trend:BTC/USDT:1m' as SlotId;
export const SYMBOL = 'BTC/USDT';
export const RECV_WINDOW_MS = 5_000;
export const LEASE_TTL_MS = 36_000;
export const COMMAND_POLL_MS = 12_000;
export const HEARTBEAT_MS = 60_000;

/** What chance is needed for: each has dice of its own. */
export type Chance = 'network' | 'streams' | 'database' | 'market' | 'plan' | 'people' | 'processes';

/** Everything there is in one seed: clock, exchange, database, networks, and who watches. */
export interface World {
  readonly seed: number;
  readonly barMillis: number;
  readonly scheduler: Scheduler;
  readonly chances: Readonly<Record<Chance, Dice>>;
  readonly faults: Faults;
  readonly ledger: VirtualLedger;
  readonly server: ExchangeServer;
  readonly capabilities: MarketCapabilities;
  readonly orders: TrackedOrders;
  readonly hub: StreamHub;
  readonly observer: Observer;
  trace(text: string): void;
}
