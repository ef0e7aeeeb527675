import { createVenue } from '../../src/core/simulation/venue.ts';
import type { VenueOrder } from '../../src/core/simulation/venue-order.ts';
import { balanceRows } from './account-events.ts';
import { badRequest } from './api-error.ts';
import { askedMarkets, type ExchangeContext, type Market, type Operation, requireMarket } from './operations.ts';
import { orderAnswer, placedAnswer, tradeAnswer } from './order-answers.ts';
import { newClientId, orderDraft, refusalError } from './order-request.ts';
import { cancellationAnswer } from './pair-answers.ts';
import { limitOf, optionalInteger, type Parameters } from './parameters.ts';

const DAY = 86_400_000;

type Detail = 'ACK' | 'RESULT' | 'FULL';

/** In which detail an order's answer is wanted. @throws ApiError -1102 */
export function answerDetail(parameters: Parameters): Detail {
  const asked = parameters.newOrderRespType;
  if (asked === undefined || asked === '')
    return parameters.type === 'MARKET' || parameters.type === 'LIMIT' ? 'FULL' : 'ACK';
  if (asked === 'ACK' || asked === 'RESULT' || asked === 'FULL') return asked;
  throw badRequest(-1102, "Mandatory parameter 'newOrderRespType' was not sent, was empty/null, or malformed.");
}

function findOrder(parameters: Parameters, { symbolId, venue }: Market, { store }: ExchangeContext) {
  const id = optionalInteger(parameters, 'orderId');
  const clientId = parameters.origClientOrderId;
  if (id === undefined && !clientId) {
    throw badRequest(-1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!");
  }
  if (id === undefined) {
    return venue.openOrder(clientId as string) ?? store.orderByClientId(symbolId, clientId as string);
  }
  const order = store.order(symbolId, id);
  return clientId && order?.clientOrderId !== clientId ? undefined : order;
}

/** Cancels an order, and of a pair both. @throws ApiError -2011 */
function cancelOrder(order: VenueOrder | undefined, cancelId: string, market: Market, context: ExchangeContext) {
  const { symbolId } = market;
  const cancelled = order && context.desk.cancel(market, order.id, cancelId);
  if (!cancelled) throw badRequest(-2011, 'Unknown order sent.');
  const pair = order.listId === null ? undefined : context.store.pair(symbolId, order.listId);
  return cancellationAnswer(cancelled, pair, symbolId, cancelId);
}

/** Which rows of a history are wanted. @throws ApiError -1127, -1128 */
export function pageOf(parameters: Parameters, fromName: 'orderId' | 'fromId') {
  const fromId = optionalInteger(parameters, fromName);
  const from = optionalInteger(parameters, 'startTime');
  const to = optionalInteger(parameters, 'endTime');
  if (from !== undefined && to !== undefined && to - from > DAY) {
    throw badRequest(-1127, 'More than 24 hours between startTime and endTime.');
  }
  if (fromName === 'fromId' && fromId !== undefined && (from !== undefined || to !== undefined)) {
    throw badRequest(-1128, 'Combination of optional parameters invalid.');
  }
  return {
    fromId: fromId ?? 0,
    from: from ?? 0,
    to: to ?? Number.MAX_SAFE_INTEGER,
    limit: limitOf(parameters, 500, 1_000),
    newest: fromId === undefined && from === undefined,
  };
}

const signed = (weight: number, run: Operation['run']): Operation => ({ weight, security: 'signed', run });

/** What the account's owner may ask, and order. */
export const accountOperations = {
  'account.status': signed(20, (parameters, { account, markets, player }) => {
    const rules = [...markets.values()].map((market) => market.rules);
    const assets = rules.flatMap(({ base, quote }) => [base, quote]);
    const held = balanceRows(account, [...new Set([...assets, ...account.assets()])]);
    const isEmpty = ({ free, locked }: { free: string; locked: string }) => Number(free) === 0 && Number(locked) === 0;
    return {
      makerCommission: 10,
      takerCommission: 10,
      buyerCommission: 0,
      sellerCommission: 0,
      commissionRates: {
        maker: rules[0]?.makerFee.toFixed(8),
        taker: rules[0]?.takerFee.toFixed(8),
        buyer: '0.00000000',
        seller: '0.00000000',
      },
      canTrade: true,
      canWithdraw: false,
      canDeposit: false,
      brokered: false,
      requireSelfTradePrevention: false,
      preventSor: false,
      updateTime: player.time(),
      accountType: 'SPOT',
      balances: parameters.omitZeroBalances === 'true' ? held.filter((row) => !isEmpty(row)) : held,
      permissions: ['SPOT'],
      uid: 1,
    };
  }),
  'order.place': signed(1, (parameters, context) => {
    const market = requireMarket(parameters, context);
    const detail = answerDetail(parameters);
    const { order, trades } = context.desk.place(market, orderDraft(parameters));
    return placedAnswer(order, trades, market.symbolId, detail);
  }),
  'order.test': signed(1, (parameters, context) => {
    const { rules, venue } = requireMarket(parameters, context);
    answerDetail(parameters);
    // A copy of the venue takes the order, and is thrown away.
    const copy = { ...venue.snapshot(), balances: context.account.snapshot() };
    const tried = createVenue(rules, copy).place(orderDraft(parameters), context.player.time());
    if (tried.outcome === 'refused') throw refusalError(tried);
    return {};
  }),
  'order.status': signed(4, (parameters, context) => {
    const market = requireMarket(parameters, context);
    const order = findOrder(parameters, market, context);
    if (!order) throw badRequest(-2013, 'Order does not exist.');
    return orderAnswer(order, market.symbolId);
  }),
  'order.cancel': signed(1, (parameters, context) => {
    const market = requireMarket(parameters, context);
    const order = findOrder(parameters, market, context);
    const cancelId = parameters.newClientOrderId || newClientId();
    return cancelOrder(order, cancelId, market, context);
  }),
  'openOrders.status': signed(6, (parameters, context) =>
    askedMarkets(parameters, context).flatMap(({ venue, symbolId }) =>
      venue.openOrders().map((order) => orderAnswer(order, symbolId)),
    ),
  ),
  'openOrders.cancelAll': signed(1, (parameters, context) => {
    const market = requireMarket(parameters, context);
    const open = market.venue.openOrders();
    if (open.length === 0) throw badRequest(-2011, 'Unknown order sent.');
    const isOpen = ({ clientOrderId }: VenueOrder) => market.venue.openOrder(clientOrderId) !== undefined;
    return open.flatMap((order) => (isOpen(order) ? [cancelOrder(order, newClientId(), market, context)] : []));
  }),
  allOrders: signed(20, (parameters, context) => {
    const { symbolId } = requireMarket(parameters, context);
    return context.store.orders(symbolId, pageOf(parameters, 'orderId')).map((order) => orderAnswer(order, symbolId));
  }),
  myTrades: signed(20, (parameters, context) => {
    const { symbolId } = requireMarket(parameters, context);
    const orderId = optionalInteger(parameters, 'orderId');
    const trades = context.store.trades(symbolId, pageOf(parameters, 'fromId'), orderId);
    return trades.map((trade) => tradeAnswer(trade, symbolId));
  }),
} as const satisfies Record<string, Operation>;
