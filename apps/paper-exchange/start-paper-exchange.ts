import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { AresError, messageOf } from '../../src/core/ares-error.ts';
import type { Api } from './api-call.ts';
import { type ControlAnswer, createControlApi } from './control-api.ts';
import { createFaults } from './faults.ts';
import { createLockstep } from './lockstep.ts';
import { createMarketStreams } from './market-streams.ts';
import { openExchange } from './open-exchange.ts';
import type { PaperExchangeOptions } from './options.ts';
import { createPace } from './pace.ts';
import { createRequestWeight } from './request-weight.ts';
import { answerRest } from './rest-api.ts';
import { createSocketApi } from './socket-api.ts';

const HOST = '127.0.0.1';
const MAX_BODY_BYTES = 1_000_000;

export interface PaperExchange {
  readonly port: number;
  /** `http://…`, without a slash at its end. */
  readonly url: string;
  /** Resolves when nothing listens and everything is saved. */
  close(): Promise<void>;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    // What is too much is read to its end and not kept: leaving the loop would cut the connection before the answer.
    if (size <= MAX_BODY_BYTES) chunks.push(chunk as Buffer);
  }
  if (size <= MAX_BODY_BYTES) return Buffer.concat(chunks).toString('utf8');
  throw new AresError('BODY_TOO_LARGE', `a body must be at most ${MAX_BODY_BYTES} bytes, was ${size}`);
}

function sendJson(response: ServerResponse, { status, body }: ControlAnswer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (error) {
    throw new AresError('BODY_INVALID', `the body must be JSON (${messageOf(error)})`, {}, error);
  }
}

const isHangUp = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ECONNRESET';

/** What was not foreseen ends the process: starting again from the books is the only recovery there is. */
function crash(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

/**
 * Starts an exchange that speaks Binance spot's API on loopback and plays a recorded market, paused at first.
 *
 * @throws AresError `PORT_BUSY`, and those of {@link openExchange}
 */
export async function startPaperExchange(options: PaperExchangeOptions): Promise<PaperExchange> {
  const faults = createFaults();
  const streams = createMarketStreams();
  const { context, sent, tally, initialBalances, flatten } = await openExchange(options, streams, faults);
  const { player, store } = context;
  const api: Api = { context, credentials: options, weight: createRequestWeight(options.weightLimit), faults };
  const accountSockets = createSocketApi(api);
  const pace = createPace(player, streams.backlog, (error) => {
    if (error !== undefined) throw error;
  });
  const control = createControlApi({
    exchange: context,
    player,
    pace,
    lockstep: createLockstep(options.ackTimeout),
    faults,
    sent,
    tally,
    hasKlines: () => streams.names().some((name) => name.includes('@kline_')),
    initialBalances,
    defaultSpeed: options.speed,
    onlyLockstep: options.lockstep,
  });
  faults.connect({
    flatten,
    dropSockets(which) {
      if (which !== 'account') streams.drop();
      if (which !== 'market') accountSockets.drop();
    },
  });

  async function answerControl(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    // Pages in a browser can reach loopback; only programs are meant to steer the market.
    if (request.headers.origin !== undefined) {
      sendJson(response, {
        status: 403,
        body: { error: 'control must not be called from a page, was sent with an origin' },
      });
      return;
    }
    const answer = await control.answer(request.method ?? 'GET', path, parseJson(await readBody(request)));
    sendJson(response, answer ?? { status: 404, body: { error: `there is nothing at ${request.method} ${path}` } });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${HOST}`);
    if (url.pathname.startsWith('/control/')) await answerControl(request, response, url.pathname);
    else answerRest(request, response, url, await readBody(request), api);
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      const wrong = error instanceof AresError && error.code.startsWith('BODY_');
      // Whoever hung up before the answer does not wait for one.
      const waits = !response.headersSent && response.socket && !response.socket.destroyed;
      if (waits) sendJson(response, { status: wrong ? 400 : 500, body: { code: -1000, msg: messageOf(error) } });
      if (!wrong && !isHangUp(error)) crash(error);
    });
  });
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on('upgrade', (request, socket, head) => {
    const path = request.url ?? '/';
    const { pathname } = new URL(path, `http://${HOST}`);
    const isAccount = pathname.startsWith('/ws-api/v3');
    if (!isAccount && !/^\/(ws|stream)(\/|$)/.test(pathname)) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => client.terminate());
      if (isAccount) accountSockets.attach(client);
      else streams.attach(client, path);
    });
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      store.close();
      const busy = error.code === 'EADDRINUSE';
      const message = busy
        ? `port ${options.port} must be free, is in use`
        : `cannot listen on port ${options.port}: ${error.message}`;
      reject(new AresError(busy ? 'PORT_BUSY' : 'PORT_UNUSABLE', message, { port: options.port }, error));
    });
    server.listen(options.port, HOST, resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    port,
    url: `http://${HOST}:${port}`,
    async close() {
      pace.stop();
      faults.stop();
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      store.close();
    },
  };
}
