import type {
  CancelOutcome,
  Fill,
  OrderReport,
  PairOutcome,
  ReplaceOutcome,
  StreamMessage,
  SubmitOutcome,
  Transfer,
} from '../ports/exchange.ts';
import type { TradingMode } from '../risk/risk-context.ts';
import type { EngineModel } from './engine-model.ts';
import type { EngineSettings } from './engine-settings.ts';

/** What the exchange answered to something the desk asked of it; ids are client order ids. */
export type OrderNews =
  | { readonly kind: 'submitted'; readonly id: string; readonly outcome: SubmitOutcome }
  | { readonly kind: 'pair-submitted'; readonly pairId: string; readonly outcome: PairOutcome }
  | { readonly kind: 'replaced'; readonly cancelId: string; readonly id: string; readonly outcome: ReplaceOutcome }
  | { readonly kind: 'cancel-answered'; readonly id: string; readonly outcome: CancelOutcome }
  /** The exchange was asked for an order; `report` is `undefined` when it knows none, a receive window after the first question. */
  | {
      readonly kind: 'resolved';
      readonly id: string;
      readonly report: OrderReport | undefined;
      readonly fills: readonly Fill[];
    };

/** Everything the engine handles, one after the other. */
export type EngineMessage =
  | StreamMessage
  | OrderNews
  | { readonly kind: 'model'; readonly model: EngineModel; readonly swapped: () => void }
  | { readonly kind: 'settings'; readonly settings: EngineSettings }
  | { readonly kind: 'mode'; readonly mode: TradingMode }
  /** Monotonic time goes on, whether or not the market says anything: about once a second. */
  | { readonly kind: 'tick'; readonly now: number }
  /** The exchange's wall clock less ours. */
  | { readonly kind: 'clock'; readonly skewMs: number }
  /** Money that came or went, of this line's base or of the quote currency as far as it is this line's to book. */
  | { readonly kind: 'transfers'; readonly transfers: readonly Transfer[] };
