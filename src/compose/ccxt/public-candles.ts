import { log } from '#port/log';
import { monotonic } from '#port/monotonic';
import { timers } from '#port/timers';
import { createCcxtPublicCandles } from '../../adapters/exchange/public-candles.ts';
import { systemRandom } from '../../adapters/local/system-random.ts';
import type { PublicCandles } from '../../core/ports/public-candles.ts';
import { readEnv } from '../env.ts';

let built: PublicCandles | undefined;

export const publicCandles = (): PublicCandles => {
  const { ARES_EXCHANGE: id, ARES_EXCHANGE_URL: url } = readEnv();
  built ??= createCcxtPublicCandles({
    ...(url === undefined ? {} : { urls: { [id]: url } }),
    timers,
    monotonic,
    random: systemRandom(),
    log: log(),
  });
  return built;
};
