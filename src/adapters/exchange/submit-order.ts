import { messageOf } from '../../core/ares-error.ts';
import type { Exchange } from '../../core/ports/exchange.ts';
import type { Log } from '../../core/ports/log.ts';
import { PLACE, PLACE_PAIR, pairRequest, placeRequest } from './order-request.ts';
import { fillsOfAnswer, orderReport, pairReports } from './order-shapes.ts';
import { refusalOf, type SendOnce } from './send-once.ts';

/** Sends orders, each once; the answer decides: taken, certainly not taken, or open. */
export function createSubmit(sendOnce: SendOnce, log: Log): Pick<Exchange, 'submit' | 'submitPair'> {
  const notUnderstood = (id: string, error: unknown) => {
    log.error('the answer to an order was not understood', { clientOrderId: id, reason: messageOf(error) });
    const reason = `the answer is not what the exchange documents: ${messageOf(error)}`;
    return { outcome: 'unknown', reason } as const;
  };
  return {
    async submit(order) {
      const sent = await sendOnce(PLACE, order.symbol, (marketId) => placeRequest(order, marketId));
      if (sent.sent !== 'answered') return refusalOf(sent);
      try {
        const report = orderReport(order.symbol, sent.raw);
        return { outcome: 'acknowledged', report, fills: fillsOfAnswer(report, sent.raw) };
      } catch (error) {
        return notUnderstood(order.clientOrderId, error);
      }
    },
    async submitPair(pair) {
      const { symbol } = pair.stopLoss;
      const sent = await sendOnce(PLACE_PAIR, symbol, (marketId) => pairRequest(pair, marketId));
      if (sent.sent !== 'answered') return refusalOf(sent);
      try {
        return { outcome: 'acknowledged', ...pairReports(pair, sent.raw) };
      } catch (error) {
        return notUnderstood(pair.listClientOrderId, error);
      }
    },
  };
}
