import type { Timeframe } from '../market-data/candle.ts';
import type { SlotId } from '../models/slot.ts';
import type { EpochMillis, Monotonic, Timers } from '../ports/clock.ts';
import type { Exchange, MarketCapabilities, MarketRules } from '../ports/exchange.ts';
import type { Log } from '../ports/log.ts';
import type { Exposure } from '../risk/exposure.ts';
import type { TradingMode } from '../risk/risk-context.ts';
import type { BarFeatures } from './engine-model.ts';
import type { EngineSettings } from './engine-settings.ts';
import type { OwnOrder } from './own-order.ts';
import type { SlotAccount } from './slot-account.ts';
import type { TradingJournal } from './trading-journal.ts';

/** The right to send: asked just before every order. */
export interface Fence {
  readonly epoch: number;
  holds(): boolean;
}

export interface EngineOptions {
  /** The line: a slot of one market, whose tag client order ids carry. */
  readonly slot: SlotId;
  readonly rules: MarketRules;
  readonly capabilities: MarketCapabilities;
  readonly timeframe: Timeframe;
  readonly features: BarFeatures;
  /** With the line's own share of the budget. */
  readonly settings: EngineSettings;
  readonly mode: TradingMode;
  /** As settled: without the fills of `openOrders`. */
  readonly account: SlotAccount;
  /** Orders of this line that rest on the exchange from before this start, with the fills they have had. */
  readonly openOrders: readonly OwnOrder[];
  /** Bars the exchange knows an order of ours for from before this start. */
  readonly decidedBars: ReadonlySet<number>;
  readonly fence: Fence;
  /** How long an order whose answer was lost may still turn up. */
  readonly recvWindowMs: number;
  /** What the lines of this account have at stake; the engine keeps its own part of it. */
  readonly exposure: Exposure;
  /**
   * What each line adds to the quote currency the account has free: baseline and flows, less what open purchases may cost. One for all lines with one quote
   * currency; where it is absent, this line is the only one.
   */
  readonly funds?: Exposure;
  /** How long before a bar's close the way of a decision is kept warm, in milliseconds; one second where absent. */
  readonly rehearseWithinMs?: number;
  /** Called when a bar's decision, its orders and its journal are done. */
  readonly onBarDone?: (barClose: EpochMillis) => void;
  /** Called once when market data has been silent for too long, and again only after data has come. */
  readonly onHalt?: (reason: string) => void;
  /** Called once with what cannot be handled: the process must end, and the start-up path recovers. */
  readonly onFatal: (error: unknown) => void;
}

export interface EnginePorts {
  readonly exchange: Pick<
    Exchange,
    'rehearse' | 'submit' | 'submitPair' | 'replace' | 'cancel' | 'order' | 'fillsSince' | 'candles'
  >;
  readonly journal: TradingJournal;
  readonly monotonic: Monotonic;
  /** What orders a second and a minute are counted in, and how long entries rest and pauses last; monotonic time where it is absent, market time where a replay runs faster than that. */
  readonly pace?: Monotonic;
  readonly timers: Timers;
  readonly log: Log;
}

/** The line as it is now. */
export interface EngineSnapshot {
  /** With the fills of open orders. */
  readonly account: SlotAccount;
  readonly openOrders: readonly OwnOrder[];
  /** One more with every change of an order or of the books. */
  readonly revision: number;
}
