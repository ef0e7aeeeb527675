import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

interface HttpAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What the server does with a request over the account socket: a whole answer without its id, or nothing at all. */
export type SocketAnswer =
  | { readonly status: number; readonly result?: unknown; readonly error?: unknown }
  | 'silence'
  | 'hang-up';

/** A server that says what a test tells it to, where a faithful exchange never would. */
export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly string[];
  readonly placed: readonly Readonly<Record<string, unknown>>[];
  /** What every request over a socket held, in its order. */
  readonly frames: readonly { readonly method: string; readonly params: unknown }[];
  http: (method: string, path: string, query: URLSearchParams) => HttpAnswer | 'silence' | 'hang-up' | undefined;
  socket: (method: string, params: Readonly<Record<string, unknown>>) => SocketAnswer;
  /** Sends text to every market or account socket. */
  send(which: 'market' | 'account', text: string): void;
  drop(which: 'market' | 'account'): void;
  connections(which: 'market' | 'account'): number;
}

const filters = [
  { filterType: 'PRICE_FILTER', minPrice: '0.01', maxPrice: '1000000', tickSize: '0.01000000' },
  { filterType: 'LOT_SIZE', minQty: '0.00001000', maxQty: '9000', stepSize: '0.00001000' },
  { filterType: 'MARKET_LOT_SIZE', minQty: '0.00000000', maxQty: '100', stepSize: '0.00000000' },
  { filterType: 'NOTIONAL', minNotional: '5.00000000', applyMinToMarket: true },
];

/** As many markets as a test wants: BTC, then COIN1 and so on, each against USDT. */
const bases = ['BTC', ...Array.from({ length: 400 }, (_, i) => `COIN${i + 1}`)];

export const exchangeInfo = {
  timezone: 'UTC',
  serverTime: 0,
  rateLimits: [],
  exchangeFilters: [],
  symbols: bases.map((baseAsset) => ({
    symbol: `${baseAsset}USDT`,
    status: 'TRADING',
    baseAsset,
    quoteAsset: 'USDT',
    baseAssetPrecision: 8,
    quotePrecision: 8,
    orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS', 'STOP_LOSS_LIMIT'],
    ocoAllowed: true,
    cancelReplaceAllowed: true,
    isSpotTradingAllowed: true,
    filters,
    permissions: ['SPOT'],
  })),
};

export const ack = (params: Readonly<Record<string, unknown>>, overrides: object = {}) => ({
  symbol: 'BTCUSDT',
  orderId: 7,
  orderListId: -1,
  clientOrderId: params.newClientOrderId,
  transactTime: 1_000,
  price: '0.00000000',
  origQty: params.quantity,
  executedQty: params.quantity,
  status: 'FILLED',
  type: 'MARKET',
  side: params.side,
  fills: [
    { price: '100.10000000', qty: params.quantity, commission: '0.00100000', commissionAsset: 'USDT', tradeId: 9 },
  ],
  ...overrides,
});

export async function startScriptedServer(): Promise<ScriptedServer> {
  const requests: string[] = [];
  const placed: Record<string, unknown>[] = [];
  const frames: { method: string; params: unknown }[] = [];
  const sockets = { market: new Set<WebSocket>(), account: new Set<WebSocket>() };
  const tcp = new Set<Socket>();

  const answer = (request: IncomingMessage): HttpAnswer | 'silence' | 'hang-up' => {
    const url = new URL(request.url ?? '/', 'http://local');
    requests.push(`${request.method} ${url.pathname}`);
    const scripted = scriptedServer.http(request.method ?? 'GET', url.pathname, url.searchParams);
    if (scripted !== undefined) return scripted;
    if (url.pathname === '/api/v3/exchangeInfo') return { body: exchangeInfo };
    if (url.pathname === '/api/v3/time') return { body: { serverTime: 1_234 } };
    return { status: 404, body: { code: -1, msg: `nothing scripted for ${url.pathname}` } };
  };

  const http = createServer((request, response) => {
    const said = answer(request);
    if (said === 'silence') return;
    if (said === 'hang-up') {
      request.socket.destroy();
      return;
    }
    response.writeHead(said.status ?? 200, { 'content-type': 'application/json', ...said.headers });
    response.end(typeof said.body === 'string' ? said.body : JSON.stringify(said.body));
  });
  http.on('connection', (socket) => {
    tcp.add(socket);
    socket.on('close', () => tcp.delete(socket));
  });

  const wss = new WebSocketServer({ server: http });
  wss.on('connection', (socket, request) => {
    const which = request.url?.startsWith('/ws-api') ? 'account' : 'market';
    sockets[which].add(socket);
    socket.on('close', () => sockets[which].delete(socket));
    socket.on('message', (data) => {
      const { id, method, params } = JSON.parse(String(data)) as {
        id: unknown;
        method: string;
        params: Record<string, unknown>;
      };
      requests.push(`ws ${method}`);
      frames.push({ method, params });
      if (method === 'order.place') placed.push(params);
      const said = scriptedServer.socket(method, params);
      if (said === 'silence') return;
      if (said === 'hang-up') socket.terminate();
      else
        socket.send(JSON.stringify(which === 'market' && said.status === 200 ? { result: null, id } : { id, ...said }));
    });
  });

  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const scriptedServer: ScriptedServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests,
    placed,
    frames,
    http: () => undefined,
    socket: (method, params) =>
      method === 'order.place'
        ? { status: 200, result: ack(params) }
        : { status: 200, result: method.startsWith('userDataStream') ? { subscriptionId: 0 } : null },
    send: (which, text) => {
      for (const socket of sockets[which]) socket.send(text);
    },
    drop: (which) => {
      for (const socket of sockets[which]) socket.terminate();
    },
    connections: (which) => sockets[which].size,
    async [Symbol.asyncDispose]() {
      for (const socket of wss.clients) socket.terminate();
      for (const socket of tcp) socket.destroy();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return scriptedServer;
}
