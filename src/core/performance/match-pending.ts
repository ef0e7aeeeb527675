import { indexes } from '../ledger-keys.ts';
import type { Timeframe } from '../market-data/candle.ts';
import { timeframeMillis } from '../market-data/timeframe.ts';
import type { SlotId } from '../models/slot.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { MarketData } from '../ports/exchange.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { decidingBar, type KnownCloses, matchOutcome } from './match-outcome.ts';
import { type Prediction, parsePrediction } from './prediction.ts';
import { MAX_CANDLES } from './read-new-rows.ts';
import { closesOf } from './recent-closes.ts';

export interface PendingRequest {
  readonly slot: SlotId;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly now: EpochMillis;
  readonly known: KnownCloses | undefined;
}

/** The slot's oldest predictions that wait for their outcome, whichever model made them. */
export async function readPending(ledger: LedgerReader, slot: SlotId): Promise<readonly Prediction[]> {
  const { pk } = indexes.pendingPredictions(slot);
  const page = await ledger.query({ table: 'state', pk, by: 'index', limit: 1_000 });
  return page.items.map(parsePrediction).filter((prediction) => prediction.outcome === null);
}

/**
 * The predictions whose horizon has passed, with their outcome.
 *
 * Bars that are not known are read in one more request, from the oldest that is wanted on; what that does not reach waits for the next time.
 */
export async function matchPending(
  pending: readonly Prediction[],
  request: PendingRequest,
  marketData: MarketData,
): Promise<readonly Prediction[]> {
  const { symbol, timeframe, now, known } = request;
  const barMillis = timeframeMillis(timeframe);
  const { matched, open } = matchAll(pending, known, barMillis);
  const closed = open.map((prediction) => decidingBar(prediction, barMillis)).filter((bar) => bar + barMillis <= now);
  if (closed.length === 0) return matched;
  const since = Math.min(...closed);
  // One more than wanted: a later bar is what tells that an earlier one does not exist.
  const limit = Math.min(MAX_CANDLES, (Math.max(...closed) - since) / barMillis + 2);
  const candles = await marketData.candles({ symbol, timeframe, since: epochMillis(since), limit });
  return [...matched, ...matchAll(open, closesOf(since, candles), barMillis).matched];
}

function matchAll(pending: readonly Prediction[], known: KnownCloses | undefined, barMillis: number) {
  const matched: Prediction[] = [];
  const open: Prediction[] = [];
  for (const prediction of pending) {
    const outcome = known && matchOutcome(prediction, known, barMillis);
    if (outcome) matched.push({ ...prediction, outcome });
    else open.push(prediction);
  }
  return { matched, open };
}
