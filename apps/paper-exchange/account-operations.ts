import { createVenue } from '../../src/core/simulation/venue.ts';
import type { VenueOrder } from '../../src/core/simulation/venue-order.ts';
import { balanceRows } from './account-events.ts';
import { badRequest } from './api-error.ts';
import { checkOptionalSymbol, type ExchangeContext, type Operation, requireSymbol } from './operations.ts';
import { cancelledAnswer, orderAnswer, placedAnswer, tradeAnswer } from './order-answers.ts';
import { newClientId, orderDraft, refusalError } from './order-request.ts';
import { limitOf, optionalInteger, type Parameters } from './parameters.ts';

const DAY = 86_400_000;

type Detail = 'ACK' | 'RESULT' | 'FULL';

function answerDetail(parameters: Parameters): Detail {
  const asked = parameters.newOrderRespType;
  if (asked === undefined || asked === '')
    return parameters.type === 'MARKET' || parameters.type === 'LIMIT' ? 'FULL' : 'ACK';
  if (asked === 'ACK' || asked === 'RESULT' || asked === 'FULL') return asked;
  throw badRequest(-1102, "Mandatory parameter 'newOrderRespType' was not sent, was empty/null, or malformed.");
}

function findOrder(parameters: Parameters, { store, venue }: ExchangeContext): VenueOrder | undefined {
  const id = optionalInteger(parameters, 'orderId');
  const clientId = parameters.origClientOrderId;
  if (id === undefined && !clientId) {
    throw badRequest(-1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!");
  }
  if (id === undefined) {
    const open = venue.openOrders().find((order) => order.clientOrderId === clientId);
    return open ?? store.orderByClientId(clientId as string);
  }
  const order = store.order(id);
  return clientId && order?.clientOrderId !== clientId ? undefined : order;
}

function cancelOrder(order: VenueOrder | undefined, cancelId: string, { desk, symbolId }: ExchangeContext) {
  const cancelled = order && desk.cancel(order.id, cancelId);
  if (!cancelled) throw badRequest(-2011, 'Unknown order sent.');
  return cancelledAnswer(cancelled, symbolId, cancelId);
}

function pageOf(parameters: Parameters, fromName: 'orderId' | 'fromId') {
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
  'account.status': signed(20, (parameters, { venue, rules, player }) => {
    const held = balanceRows(venue, [...new Set([rules.base, rules.quote, ...venue.assets()])]);
    const isEmpty = ({ free, locked }: { free: string; locked: string }) => Number(free) === 0 && Number(locked) === 0;
    return {
      makerCommission: 10,
      takerCommission: 10,
      buyerCommission: 0,
      sellerCommission: 0,
      commissionRates: {
        maker: rules.makerFee.toFixed(8),
        taker: rules.takerFee.toFixed(8),
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
    requireSymbol(parameters, context);
    const detail = answerDetail(parameters);
    const { order, trades } = context.desk.place(orderDraft(parameters));
    return placedAnswer(order, trades, context.symbolId, detail);
  }),
  'order.test': signed(1, (parameters, context) => {
    requireSymbol(parameters, context);
    answerDetail(parameters);
    const { rules, venue, player } = context;
    // A copy of the venue takes the order, and is thrown away.
    const tried = createVenue(rules, venue.snapshot()).place(orderDraft(parameters), player.time());
    if (tried.outcome === 'refused') throw refusalError(tried);
    return {};
  }),
  'order.status': signed(4, (parameters, context) => {
    requireSymbol(parameters, context);
    const order = findOrder(parameters, context);
    if (!order) throw badRequest(-2013, 'Order does not exist.');
    return orderAnswer(order, context.symbolId);
  }),
  'order.cancel': signed(1, (parameters, context) => {
    requireSymbol(parameters, context);
    return cancelOrder(findOrder(parameters, context), parameters.newClientOrderId || newClientId(), context);
  }),
  'openOrders.status': signed(6, (parameters, context) => {
    checkOptionalSymbol(parameters, context);
    return context.venue.openOrders().map((order) => orderAnswer(order, context.symbolId));
  }),
  'openOrders.cancelAll': signed(1, (parameters, context) => {
    requireSymbol(parameters, context);
    const open = context.venue.openOrders();
    if (open.length === 0) throw badRequest(-2011, 'Unknown order sent.');
    return open.map((order) => cancelOrder(order, newClientId(), context));
  }),
  allOrders: signed(20, (parameters, context) => {
    requireSymbol(parameters, context);
    return context.store.orders(pageOf(parameters, 'orderId')).map((order) => orderAnswer(order, context.symbolId));
  }),
  myTrades: signed(20, (parameters, context) => {
    requireSymbol(parameters, context);
    const trades = context.store.trades(pageOf(parameters, 'fromId'), optionalInteger(parameters, 'orderId'));
    return trades.map((trade) => tradeAnswer(trade, context.symbolId));
  }),
} as const satisfies Record<string, Operation>;
