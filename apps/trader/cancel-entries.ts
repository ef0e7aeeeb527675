import { messageOf } from '../../src/core/ares-error.ts';
import type { Timers } from '../../src/core/ports/clock.ts';
import type { Exchange } from '../../src/core/ports/exchange.ts';
import type { Log } from '../../src/core/ports/log.ts';
import type { Line } from './start-line.ts';

const WITHIN_MS = 3_000;

/**
 * Cancels the entries that rest when a trader ends by itself: nobody would watch them any more.
 *
 * It asks no lease. A trader whose lease has run out places nothing, but cancelling is safe without one: the ids carry this trader's own epoch, so no order of a
 * successor is touched; the successor cancels the same orders itself; and an entry that is gone can only leave less at stake. Stops stay: they protect what is held.
 * Best effort, within three seconds: what does not answer is left to the recovery of the next trader.
 */
export async function cancelEntries(
  lines: readonly Line[],
  ports: { readonly exchange: Pick<Exchange, 'cancel'>; readonly timers: Timers; readonly log: Log },
): Promise<void> {
  const cancels = lines.flatMap(({ engine, symbol }) =>
    engine
      .snapshot()
      .openOrders.filter(({ leg }) => leg === 'entry')
      .map(async ({ clientOrderId }) => {
        const fields = { clientOrderId };
        try {
          const { outcome } = await ports.exchange.cancel(symbol, clientOrderId);
          ports.log.warn('the trader ends: a resting entry was cancelled', { ...fields, outcome });
        } catch (error) {
          ports.log.error('the trader ends: a resting entry could not be cancelled', {
            ...fields,
            error: messageOf(error),
          });
        }
      }),
  );
  if (cancels.length > 0) await Promise.race([Promise.all(cancels), ports.timers.sleep(WITHIN_MS)]);
}
