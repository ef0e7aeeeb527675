import type { Env } from '../../src/compose/env.ts';
import type { VenueView } from '../../src/core/dashboard/overview.ts';

/** Says plainly whether the market is real and whose money is at stake. */
export function describeVenue(env: Pick<Env, 'ARES_CONTROL_URL' | 'ARES_EXCHANGE' | 'ARES_EXCHANGE_URL'>): VenueView {
  if (env.ARES_CONTROL_URL !== undefined) return { paper: true, label: 'Paper exchange, replayed market' };
  const exchange = env.ARES_EXCHANGE === 'binance' ? 'Binance' : env.ARES_EXCHANGE;
  if (env.ARES_EXCHANGE_URL === undefined) return { paper: false, label: `${exchange}, real market and real money` };
  return { paper: false, label: `${new URL(env.ARES_EXCHANGE_URL).host}, speaking ${exchange}'s API` };
}
