import { AresError } from '../ares-error.ts';

/** One question for the exchange's time, all in milliseconds. */
export interface ClockRoundTrip {
  /** Our wall clock when the question was sent. */
  readonly sentAt: number;
  /** The exchange's wall clock in its answer. */
  readonly serverTime: number;
  /** Our wall clock when the answer was there. */
  readonly receivedAt: number;
}

export interface ClockSkew {
  /** The exchange's wall clock less ours: above 0 ours is behind. */
  readonly skewMs: number;
  /** The true skew is at most this far from `skewMs`: half the round trip, and the millisecond that the exchange's time is cut to. */
  readonly uncertaintyMs: number;
}

/**
 * How far the exchange's clock is from ours, from several questions: the answer of the quickest counts, because the way there and back then hides the least.
 *
 * The estimate of NTP (RFC 5905, section 8) with the server's two times being one, and its minimum filter (section 10). A round trip that seems to end before it began,
 * because our clock was set back meanwhile, says nothing and is left out.
 *
 * @throws AresError `CLOCK_UNKNOWN` when no round trip is usable
 */
export function clockSkew(roundTrips: readonly ClockRoundTrip[]): ClockSkew {
  let best: ClockRoundTrip | undefined;
  for (const trip of roundTrips) {
    const took = trip.receivedAt - trip.sentAt;
    if (!(took >= 0) || !Number.isFinite(trip.serverTime)) continue;
    if (!best || took < best.receivedAt - best.sentAt) best = trip;
  }
  if (!best) {
    throw new AresError(
      'CLOCK_UNKNOWN',
      `the exchange's clock must be read by a round trip that ends after it begins, ${roundTrips.length} were none`,
    );
  }
  return {
    skewMs: best.serverTime - (best.sentAt + best.receivedAt) / 2,
    uncertaintyMs: (best.receivedAt - best.sentAt) / 2 + 1,
  };
}
