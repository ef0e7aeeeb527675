import type { EpochMillis } from '../ports/clock.ts';
import type { MarketCapabilities, MarketRules } from '../ports/exchange.ts';
import type { Log } from '../ports/log.ts';
import type { TradingMode } from '../risk/risk-context.ts';
import type { EngineCounters } from './engine-counters.ts';
import type { EngineSettings } from './engine-settings.ts';
import type { Book } from './entry-rules.ts';
import type { Decimal } from './money.ts';
import type { OrderDesk } from './order-desk.ts';
import type { OrderGate } from './order-gate.ts';
import type { TradingJournal } from './trading-journal.ts';

/** What those who tend a line's entries, exits and protection see of the engine: always as it is now. */
export interface EngineLine {
  readonly rules: MarketRules;
  readonly capabilities: MarketCapabilities;
  readonly desk: OrderDesk;
  readonly gate: OrderGate;
  readonly journal: TradingJournal;
  readonly log: Log;
  readonly counters: EngineCounters;
  readonly settings: EngineSettings;
  readonly mode: TradingMode;
  /** The newest time that a message brought, in milliseconds of monotonic time: what waits, waits in it, so that the same messages do the same. */
  readonly now: number;
  readonly book: Book | null;
  /** The price a sale would about bring: the bid of a book that is whole, else the last close. */
  readonly mark: Decimal;
  /** Of the newest bar. */
  readonly close: Decimal;
  /** Close of the newest bar. */
  readonly marketTime: EpochMillis;
  readonly modelHash: string | null;
}
