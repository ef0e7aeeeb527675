import type { Env } from '../../src/compose/env.ts';
import type { RateLimit } from '../../src/core/access/token-bucket.ts';

/** A burst of five seconds' worth. */
export const rateLimit = ({ ARES_API_RATE }: Pick<Env, 'ARES_API_RATE'>): RateLimit => ({
  perSecond: ARES_API_RATE,
  burst: ARES_API_RATE * 5,
});
