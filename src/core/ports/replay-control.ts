import type { EpochMillis } from './clock.ts';

/** Frames, counted since the exchange started. */
export interface FrameCounts {
  /** Closed bars. */
  readonly candles: number;
  readonly trades: number;
  readonly bookTops: number;
}

export interface ReplayStatus {
  readonly mode: 'paused' | 'continuous' | 'lockstep' | 'finished';
  readonly marketTime: EpochMillis;
  /** Bars not yet played. */
  readonly remaining: number;
  /** Frames sent to subscribers. */
  readonly sent: FrameCounts;
  /** Frames the trader said it has processed; `null` before it said anything. */
  readonly acknowledged: FrameCounts | null;
}

/** What the exchange's own books hold; amounts as text. */
export interface ExchangeBooks {
  readonly balances: Readonly<Record<string, { readonly free: string; readonly locked: string }>>;
  readonly initialBalances: Readonly<Record<string, string>>;
  readonly orders: readonly { readonly clientOrderId: string; readonly status: string }[];
  readonly trades: readonly unknown[];
}

/** How a replayed market is driven: an exchange that trades the present has no such thing. */
export interface ReplayControl {
  /** Lets the market run: one bar takes its length divided by `speed`. */
  start(speed: number): Promise<void>;
  /** Plays one bar; resolves when the trader has acknowledged it. @throws AresError `REPLAY_CONTROL_FAILED` */
  step(): Promise<{ readonly barClose: EpochMillis; readonly remaining: number }>;
  /** The trader's word that a bar is decided, with what it has processed so far. */
  acknowledge(barClose: EpochMillis, counts: FrameCounts): Promise<void>;
  status(): Promise<ReplayStatus>;
  books(): Promise<ExchangeBooks>;
}
