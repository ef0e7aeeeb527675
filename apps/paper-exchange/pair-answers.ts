import type { VenueOrder, VenuePair } from '../../src/core/simulation/venue-order.ts';
import { cancelledAnswer } from './order-answers.ts';

/** A pair as queries answer it. */
export const pairAnswer = (pair: VenuePair, symbolId: string) => ({
  orderListId: pair.listId,
  contingencyType: 'OCO',
  listStatusType: pair.status === 'done' ? 'ALL_DONE' : 'EXEC_STARTED',
  listOrderStatus: pair.status === 'done' ? 'ALL_DONE' : 'EXECUTING',
  listClientOrderId: pair.listClientOrderId,
  transactionTime: pair.updatedAt,
  symbol: symbolId,
  orders: pair.orders.map(({ id, clientOrderId }) => ({ symbol: symbolId, orderId: id, clientOrderId })),
});

/** What a cancellation ended: one order, or of a pair both in an answer about the pair. The cancellation has a client id of its own. */
export function cancellationAnswer(
  cancelled: readonly VenueOrder[],
  pair: VenuePair | undefined,
  symbolId: string,
  cancelId: string,
) {
  const reports = cancelled.map((order) => cancelledAnswer(order, symbolId, cancelId));
  return pair ? { ...pairAnswer(pair, symbolId), orderReports: reports } : reports[0];
}
