import { log } from '#port/log';
import { monotonic } from '#port/monotonic';
import { timers } from '#port/timers';
import { createCcxtMarketData } from '../../adapters/exchange/ccxt-market-data.ts';
import { systemRandom } from '../../adapters/local/system-random.ts';
import type { MarketData } from '../../core/ports/exchange.ts';
import { readEnv } from '../env.ts';

let built: MarketData | undefined;

export const marketData = (): MarketData => {
  const env = readEnv();
  built ??= createCcxtMarketData({
    url: env.ARES_EXCHANGE_URL,
    wsUrl: env.ARES_EXCHANGE_WS,
    timers,
    monotonic,
    // Jitter of its own: how often the network failed must not move what the seed decides.
    random: systemRandom(),
    log: log(),
  });
  return built;
};
