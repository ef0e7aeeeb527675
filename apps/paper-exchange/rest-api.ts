import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Api, type ApiAnswer, type ApiCall, answerCall, operations } from './api-call.ts';
import type { Parameters } from './parameters.ts';

/** Method and path of each operation. */
const ROUTES: Readonly<Record<string, string>> = {
  'GET /api/v3/ping': 'ping',
  'GET /api/v3/time': 'time',
  'GET /api/v3/exchangeInfo': 'exchangeInfo',
  'GET /api/v3/klines': 'klines',
  'GET /api/v3/ticker/24hr': 'ticker.24hr',
  'GET /api/v3/ticker/bookTicker': 'ticker.book',
  'GET /api/v3/ticker/price': 'ticker.price',
  'GET /api/v3/depth': 'depth',
  'GET /api/v3/account': 'account.status',
  'POST /api/v3/order': 'order.place',
  'POST /api/v3/order/test': 'order.test',
  'GET /api/v3/order': 'order.status',
  'DELETE /api/v3/order': 'order.cancel',
  'GET /api/v3/openOrders': 'openOrders.status',
  'DELETE /api/v3/openOrders': 'openOrders.cancelAll',
  'POST /api/v3/order/cancelReplace': 'order.cancelReplace',
  'POST /api/v3/orderList/oco': 'orderList.place.oco',
  'GET /api/v3/orderList': 'orderList.status',
  'DELETE /api/v3/orderList': 'orderList.cancel',
  'GET /api/v3/openOrderList': 'openOrderLists.status',
  'GET /api/v3/allOrderList': 'allOrderLists',
  'GET /sapi/v1/capital/deposit/hisrec': 'deposit.history',
  'GET /sapi/v1/capital/withdraw/history': 'withdraw.history',
  'GET /api/v3/allOrders': 'allOrders',
  'GET /api/v3/myTrades': 'myTrades',
};

const withoutSignature = (text: string): string => text.replace(/(^|&)signature=[^&]*/, '').replace(/^&/, '');

function restCall(method: string, url: URL, body: string, apiKey: string | undefined): ApiCall | undefined {
  const name = ROUTES[`${method} ${url.pathname}`];
  const operation = name === undefined ? undefined : operations[name];
  if (!operation) return undefined;
  const query = url.search.slice(1);
  const parameters: Parameters = Object.fromEntries([...new URLSearchParams(query), ...new URLSearchParams(body)]);
  return { operation, parameters, payload: withoutSignature(query) + withoutSignature(body), apiKey };
}

/** Answers one request of the REST API whose body has arrived. */
export function answerRest(request: IncomingMessage, response: ServerResponse, url: URL, body: string, api: Api): void {
  const method = request.method ?? 'GET';
  const key = request.headers['x-mbx-apikey'];
  const call = restCall(method, url, body, Array.isArray(key) ? key[0] : key);
  const answer = answerCall(call, api, url.pathname, method);
  if (answer.kind === 'silent') {
    if (answer.hangUp) request.socket.destroy();
    return;
  }
  if (answer.delay === undefined) send(response, answer);
  else api.faults.later(answer.delay, () => send(response, answer));
}

function send(response: ServerResponse, answer: Extract<ApiAnswer, { kind: 'answer' }>): void {
  const text = JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': Buffer.byteLength(text),
    'x-mbx-used-weight': String(answer.usedWeight),
    'x-mbx-used-weight-1m': String(answer.usedWeight),
    ...(answer.retryAfter === undefined ? {} : { 'retry-after': String(answer.retryAfter) }),
  });
  response.end(text);
}
