import type { PairDraft, VenuePair } from '../../src/core/simulation/venue-order.ts';
import { answerDetail, pageOf } from './account-operations.ts';
import { badRequest } from './api-error.ts';
import { type ExchangeContext, type Market, type Operation, requireMarket } from './operations.ts';
import { placedAnswer } from './order-answers.ts';
import { clientIdOf, newClientId, orderDraft } from './order-request.ts';
import { cancellationAnswer, pairAnswer } from './pair-answers.ts';
import { optionalInteger, type Parameters, requiredText } from './parameters.ts';

const signed = (weight: number, run: Operation['run']): Operation => ({ weight, security: 'signed', run });

/** One order of a pair: its parameters carry the name of its place, like `aboveStopPrice`. */
function legDraft(parameters: Parameters, place: 'above' | 'below') {
  const own = (name: string): string => parameters[place + name] ?? '';
  const type = requiredText(parameters, `${place}Type`);
  if (type === 'MARKET' || type === 'LIMIT') throw badRequest(-1158, 'Order type not supported in OCO.');
  return orderDraft({
    side: parameters.side ?? '',
    quantity: parameters.quantity ?? '',
    type,
    price: own('Price'),
    stopPrice: own('StopPrice'),
    timeInForce: own('TimeInForce'),
    newClientOrderId: own('ClientOrderId'),
  });
}

/** @throws ApiError -1158, -1165, -1166, -1168, -1196, -1197, -1198, -1199 */
function checkPlaces({ above, below }: PairDraft): void {
  const isLimit = (type: string) => type === 'limit_maker';
  const isStop = (type: string) => type.startsWith('stop_loss');
  const isTake = (type: string) => type.startsWith('take_profit');
  const isSale = above.side === 'sell';
  const [target, stop] = isSale ? [above, below] : [below, above];
  if (isLimit(above.type) && isLimit(below.type)) throw badRequest(-1168, 'At least one OCO order must be contingent.');
  if (isLimit(stop.type)) {
    if (isSale) throw badRequest(-1166, 'A limit order in a sell OCO must be above.');
    throw badRequest(-1165, 'A limit order in a buy OCO must be below.');
  }
  if (isStop(target.type)) {
    if (isSale) throw badRequest(-1197, 'A stop loss order in a sell OCO must be below.');
    throw badRequest(-1196, 'A stop loss order in a buy OCO must be above.');
  }
  if (isTake(stop.type)) {
    if (isSale) throw badRequest(-1199, 'A take profit order in a sell OCO must be above.');
    throw badRequest(-1198, 'A take profit order in a buy OCO must be below.');
  }
}

function findPair(parameters: Parameters, idName: string, symbolId: string, { store }: ExchangeContext) {
  const id = optionalInteger(parameters, 'orderListId');
  const clientId = parameters[idName];
  if (id === undefined && !clientId) {
    throw badRequest(-1102, `Param '${idName}' or 'orderListId' must be sent, but both were empty/null!`);
  }
  if (id === undefined) return store.pairByClientId(symbolId, clientId as string);
  const pair = store.pair(symbolId, id);
  return clientId && pair?.listClientOrderId !== clientId ? undefined : pair;
}

/** The pair with what is asked of it; Binance's query of a list names no market, so every market is looked through. */
function queriedPair(parameters: Parameters, context: ExchangeContext): readonly [VenuePair, Market] {
  for (const market of context.markets.values()) {
    const pair = findPair(parameters, 'origClientOrderId', market.symbolId, context);
    if (pair) return [pair, market];
  }
  throw badRequest(-2013, 'Order list does not exist.');
}

/** Pairs of orders of which one cancels the other, as Binance's order lists. */
export const orderListOperations = {
  'orderList.place.oco': signed(1, (parameters, context) => {
    const market = requireMarket(parameters, context);
    const detail = answerDetail({ newOrderRespType: 'RESULT', ...parameters });
    const draft: PairDraft = {
      listClientOrderId: clientIdOf(parameters, 'listClientOrderId'),
      above: legDraft(parameters, 'above'),
      below: legDraft(parameters, 'below'),
    };
    checkPlaces(draft);
    const { pair, above, below } = context.desk.placePair(market, draft);
    const orders = above.id < below.id ? [above, below] : [below, above];
    const { symbolId } = market;
    return {
      ...pairAnswer(pair, symbolId),
      orderReports: orders.map((order) => placedAnswer(order, [], symbolId, detail)),
    };
  }),
  'orderList.status': signed(4, (parameters, context) => {
    const [pair, { symbolId }] = queriedPair(parameters, context);
    return pairAnswer(pair, symbolId);
  }),
  'orderList.cancel': signed(1, (parameters, context) => {
    const market = requireMarket(parameters, context);
    const { symbolId } = market;
    const pair = findPair(parameters, 'listClientOrderId', symbolId, context);
    const cancelId = parameters.newClientOrderId || newClientId();
    const open = pair?.orders.find(({ id }) => market.venue.openOrders().some((order) => order.id === id));
    const cancelled = open && context.desk.cancel(market, open.id, cancelId);
    if (!pair || !cancelled) throw badRequest(-2011, 'Unknown order list sent.');
    return cancellationAnswer(cancelled, context.store.pair(symbolId, pair.listId), symbolId, cancelId);
  }),
  'openOrderLists.status': signed(6, (_, context) =>
    [...context.markets.values()].flatMap(({ venue, symbolId }) =>
      venue.openPairs().map((pair) => pairAnswer(pair, symbolId)),
    ),
  ),
  allOrderLists: signed(20, (parameters, context) => {
    const page = pageOf(parameters, 'fromId');
    return [...context.markets.values()].flatMap(({ symbolId }) =>
      context.store.pairs(symbolId, page).map((pair) => pairAnswer(pair, symbolId)),
    );
  }),
} as const satisfies Record<string, Operation>;
