import type { SlotId } from '../models/slot.ts';
import type { EpochMillis, Timers } from '../ports/clock.ts';
import type { Exchange } from '../ports/exchange.ts';
import type { Ledger, Write } from '../ports/ledger.ts';
import type { Log } from '../ports/log.ts';
import type { BookingTerms } from './book-order.ts';
import type { Decimal } from './money.ts';

export interface RecoverPorts {
  readonly ledger: Ledger;
  readonly exchange: Exchange;
  readonly timers: Timers;
  readonly log: Log;
}

export interface RecoverOptions extends BookingTerms {
  /** The line: a slot of one market. */
  readonly slot: SlotId;
  /** The line's own share of the slot's. */
  readonly budget: Decimal;
  readonly recvWindowMs: number;
  readonly sessionId: string;
  /** Wall time of this start. */
  readonly startedAt: EpochMillis;
  readonly guard: () => Write;
  /** The slots there are on the account, where not all that the database knows are: in shadow, those of the process. */
  readonly accountSlots?: readonly SlotId[] | undefined;
}
