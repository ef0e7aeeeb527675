import type { VenueView } from '../../src/core/dashboard/overview.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import type { Monotonic, Timers, WallClock } from '../../src/core/ports/clock.ts';
import type { EventLog } from '../../src/core/ports/event-log.ts';
import type { MarketData } from '../../src/core/ports/exchange.ts';
import type { LedgerReader } from '../../src/core/ports/ledger.ts';
import type { Log } from '../../src/core/ports/log.ts';

/** The slot that is shown, and what is on the other side of it. */
export interface ApiOptions {
  readonly slot: SlotId;
  readonly venue: VenueView;
}

/** What the API reads; it writes nothing. */
export interface ApiPorts {
  readonly ledger: LedgerReader;
  readonly eventLog: EventLog;
  readonly marketData: MarketData;
  readonly wallClock: WallClock;
  readonly monotonic: Monotonic;
  readonly timers: Timers;
  readonly log: Log;
}
