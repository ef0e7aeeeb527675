import { AresError, messageOf } from '../ares-error.ts';
import type { Timers } from '../ports/clock.ts';
import type { Exchange } from '../ports/exchange.ts';
import type { Log } from '../ports/log.ts';
import { isFinal, stateOfStatus } from './order-lifecycle.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const ATTEMPTS = 10;

/**
 * Cancels an order and returns when the exchange has said that it is not open any more; an answer that was lost is asked for.
 *
 * @throws AresError `CANCEL_UNCONFIRMED` when it still rests after ten attempts, and whatever a question after it throws
 */
export async function cancelSurely(
  symbol: string,
  clientOrderId: string,
  ports: { readonly exchange: Pick<Exchange, 'cancel' | 'order'>; readonly timers: Timers; readonly log: Log },
): Promise<void> {
  const { exchange, timers, log } = ports;
  let pause = FIRST_PAUSE_MS;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      const answer = await exchange.cancel(symbol, clientOrderId);
      if (answer.outcome === 'cancelled') return;
      if (answer.outcome === 'unknown') log.warn('no answer to a cancel', { clientOrderId, reason: answer.reason });
    } catch (error) {
      log.warn('a cancel failed', { clientOrderId, error: messageOf(error) });
    }
    // Not open, or no answer: the exchange says which.
    const report = await exchange.order(symbol, clientOrderId);
    if (!report || isFinal(stateOfStatus(report.status))) return;
    await timers.sleep(pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  }
  throw new AresError(
    'CANCEL_UNCONFIRMED',
    `order ${clientOrderId} must be cancelled, still rests on the exchange after ${ATTEMPTS} attempts`,
    { clientOrderId },
  );
}
