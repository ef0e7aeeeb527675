import { secrets } from '#port/secrets';
import { readEnv } from '../../../src/compose/env.ts';
import { parseSlotId } from '../../../src/core/models/slot.ts';
import { broken, examine, type Finding, ok, warning } from './finding.ts';

const ANSWER_MS = 4_000;

/** Whether the exchange keys are there, whole, and nobody else's to read. */
export function checkKeys(): Promise<Finding> {
  return examine(
    'keys',
    'Mend the file that ARES_KEYS_FILE names: JSON with apiKey and secret, mode 0600.',
    async () => {
      const {
        ARES_KEYS_FILE: path,
        ARES_SLOT: [slot],
      } = readEnv();
      if (path === undefined) return ok('keys', 'none configured; the built-in paper exchange needs none of yours');
      await secrets().exchangeKeys(parseSlotId(slot).account);
      return ok('keys', `${path} is whole, and readable by its owner only`);
    },
  );
}

/** Whether the exchange answers, and agrees with this machine on the time, without which it refuses signed requests. */
export function checkClock(): Promise<Finding> {
  return examine('clock', 'Is the address in ARES_EXCHANGE_URL right, and the exchange up?', async () => {
    const { ARES_EXCHANGE_URL: url, ARES_KEYS_FILE: keys, ARES_RECV_WINDOW_MS: window } = readEnv();
    if (url === undefined && keys === undefined) return ok('clock', 'no exchange configured to compare it with');
    const { marketData } = await import('#port/market-data');
    const before = Date.now();
    const exchangeTime = await Promise.race([marketData().serverTime(), tooLate()]);
    if (exchangeTime === undefined) {
      return broken(
        'clock',
        `the exchange must answer within ${ANSWER_MS} ms, did not`,
        'Check the network, and whether the exchange is up.',
      );
    }
    const after = Date.now();
    const off = Math.round(exchangeTime - (before + after) / 2);
    const message = `${Math.abs(off)} ms ${off > 0 ? 'behind' : 'before'} the exchange, to within ${Math.ceil((after - before) / 2)} ms`;
    const remedy = 'Let this machine keep its time by NTP: timedatectl set-ntp true';
    if (Math.abs(off) >= window) return broken('clock', `${message}; it refuses requests from ${window} ms on`, remedy);
    return Math.abs(off) > window / 5 ? warning('clock', message, remedy) : ok('clock', message);
  });
}

const tooLate = (): Promise<undefined> => new Promise((resolve) => setTimeout(resolve, ANSWER_MS, undefined).unref());
