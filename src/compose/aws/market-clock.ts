import type { MarketClock } from '../../core/ports/clock.ts';
import { wallClock } from './wall-clock.ts';

/** Deployed markets trade the present. */
export const marketClock = (): MarketClock => ({ now: async () => wallClock.now() });
