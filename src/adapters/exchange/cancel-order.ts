import { messageOf } from '../../core/ares-error.ts';
import type { Exchange } from '../../core/ports/exchange.ts';
import { ExchangeAnswer } from './exchange-answer.ts';
import { CANCEL, cancelRequest } from './order-request.ts';
import { cancelledReport } from './order-shapes.ts';
import { withoutQuery } from './read-guard.ts';
import type { SendOnce } from './send-once.ts';

/** What Binance says when the order to cancel is not open, or never was. */
const NOT_OPEN: ReadonlySet<string | undefined> = new Set(['-2011', '-2013']);

export function createCancel(sendOnce: SendOnce): Exchange['cancel'] {
  return async (symbol, clientOrderId) => {
    const sent = await sendOnce(CANCEL, symbol, (marketId) => cancelRequest(clientOrderId, marketId), true);
    if (sent.sent === 'nothing') return { outcome: 'unknown', reason: sent.reason };
    if (sent.sent === 'failed') {
      const { failure } = sent;
      if (failure instanceof ExchangeAnswer && NOT_OPEN.has(failure.facts.venueCode)) return { outcome: 'not_open' };
      return { outcome: 'unknown', reason: withoutQuery(messageOf(failure)) };
    }
    try {
      return { outcome: 'cancelled', report: cancelledReport(symbol, sent.raw, clientOrderId) };
    } catch (error) {
      return { outcome: 'unknown', reason: `the answer is not what the exchange documents: ${messageOf(error)}` };
    }
  };
}
