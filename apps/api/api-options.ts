import type { VenueView } from '../../src/core/dashboard/overview.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import type { Monotonic, Timers } from '../../src/core/ports/clock.ts';
import type { EventLog } from '../../src/core/ports/event-log.ts';
import type { MarketData } from '../../src/core/ports/exchange.ts';
import type { MlflowPorts } from './mlflow/route.ts';

/** The slot that is shown, and what is on the other side of it. */
export interface ApiOptions {
  readonly slot: SlotId;
  readonly venue: VenueView;
}

/** What the API reads from, and what MLflow's part of it writes to. */
export interface ApiPorts extends MlflowPorts {
  readonly eventLog: EventLog;
  readonly marketData: MarketData;
  readonly monotonic: Monotonic;
  readonly timers: Timers;
}
