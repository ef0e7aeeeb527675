import { log } from '#port/log';
import { monotonic } from '#port/monotonic';
import { secrets } from '#port/secrets';
import { timers } from '#port/timers';
import { wallClock } from '#port/wall-clock';
import { createCcxtExchange } from '../../adapters/exchange/ccxt-exchange.ts';
import { systemRandom } from '../../adapters/local/system-random.ts';
import { parseSlotId } from '../../core/models/slot.ts';
import type { Exchange } from '../../core/ports/exchange.ts';
import { readEnv } from '../env.ts';

let built: Exchange | undefined;

export const exchange = (): Exchange => {
  const env = readEnv();
  built ??= createCcxtExchange({
    url: env.ARES_EXCHANGE_URL,
    wsUrl: env.ARES_EXCHANGE_WS,
    keys: () => secrets().exchangeKeys(parseSlotId(env.ARES_SLOT[0]).account),
    recvWindow: env.ARES_RECV_WINDOW_MS,
    timers,
    monotonic,
    wallClock,
    // A shadow trader's account is inside its process: what it could send has nowhere to go.
    marketOnly: env.ARES_MODE === 'shadow',
    // Jitter of its own: how often the network failed must not move what the seed decides.
    random: systemRandom(),
    log: log(),
  });
  return built;
};
