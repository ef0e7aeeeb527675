import { createHmac } from 'node:crypto';
import ccxt from 'ccxt';
import type { RawData, WebSocket } from 'ws';
import type { Monotonic } from '../../core/ports/clock.ts';
import { answerFacts } from './answer-facts.ts';
import { ExchangeAnswer } from './exchange-answer.ts';

export type Socket = InstanceType<typeof ccxt.pro.binance>['clients'][string];

/** One parsed frame, and when it left the socket (monotonic milliseconds). */
export type FrameListener = (frame: unknown, receivedAt: number) => void;

const CLOSED = 'ares:closed';

/**
 * ccxt's Binance with the parts replaced that lose something a trader needs.
 *
 * ccxt's `watch` methods hand over frames through a queue and caches that conflate them, and do not return the promise of what they send, so that a
 * socket that drops at that moment ends the process with an unhandled rejection. None of them is used: each frame is handed over inside the socket's own
 * event, and whoever asks holds the promise.
 * ccxt turns the exchange's answers into classes that no longer hold status, code and Retry-After: here they stay.
 */
export class BinanceClient extends ccxt.pro.binance {
  readonly #monotonic: Monotonic;
  readonly #listeners = new Map<string, FrameListener>();

  constructor(config: object, monotonic: Monotonic) {
    super({ ...config, number: String });
    this.#monotonic = monotonic;
    // Binance signs with HMAC-SHA256 in hexadecimal only. Node's takes 4 µs where ccxt's, in JavaScript, takes 20; as bytes the key would cost Node 12 more.
    this.hmac = (request, secret) => createHmac('sha256', asText(secret)).update(asText(request)).digest('hex');
  }

  marketUrl(): string {
    return `${this.urls.api.ws.spot}/0`;
  }

  accountUrl(): string {
    return this.urls.api.ws['ws-api'].spot;
  }

  /** Hands every frame of this address that is no answer to a request to `listener`, until another is set. */
  listen(url: string, listener: FrameListener | undefined): void {
    if (listener) this.#listeners.set(url, listener);
    else this.#listeners.delete(url);
  }

  /** The socket of this address when it is open now. */
  openSocket(url: string): Socket | undefined {
    const socket = this.clients[url];
    return socket?.isConnected && socket.isOpen() ? socket : undefined;
  }

  /** Opens the socket of this address, or takes the one that is open. @throws ccxt.NetworkError */
  async open(url: string): Promise<Socket> {
    await this.loadHttpProxyAgent();
    const socket = this.client(url);
    await Promise.race([socket.connect(), this.closed(socket)]);
    return socket;
  }

  /** Rejects with the reason once the socket is gone, and never resolves. */
  closed(socket: Socket): Promise<never> {
    return socket.future(CLOSED);
  }

  /** Ends the socket at once; requests without an answer fail with `reason`. */
  drop(socket: Socket, reason: string): void {
    socket.onError(new ccxt.NetworkError(reason));
    const connection: WebSocket | undefined = socket.connection;
    connection?.terminate();
  }

  /**
   * Writes a request to the socket before returning, and resolves with the answer's `result`.
   *
   * @throws ExchangeAnswer for an answer that is an error; ccxt.NetworkError when the socket goes before the answer comes
   */
  ask(socket: Socket, method: string, params: unknown): Promise<unknown> {
    const id = this.requestId(socket.url);
    const answer: Promise<unknown> = socket.future(String(id));
    socket.send(JSON.stringify({ id, method, params })).catch((error: Error) => {
      socket.reject(new ccxt.NetworkError(`writing to the exchange failed: ${error.message}`), String(id));
    });
    return answer;
  }

  override client(url: string): Socket {
    const known = this.clients[url];
    const socket = super.client(url);
    if (socket === known) return socket;
    const createConnection = socket.createConnection.bind(socket);
    socket.createConnection = () => {
      createConnection();
      const connection: WebSocket = socket.connection;
      connection.on('message', (data: RawData) => this.#receive(socket, data));
    };
    socket.onMessage = () => undefined;
    // Awaited by whoever needs it; without a handler here a drop nobody waits for would end the process.
    this.closed(socket).catch(() => undefined);
    return socket;
  }

  #receive(socket: Socket, data: RawData): void {
    const receivedAt = this.#monotonic.now();
    // A socket given up after missed pongs may still deliver: its successor speaks now.
    if (this.clients[socket.url] !== socket) return;
    const frame = parseFrame(data);
    if (frame === undefined) {
      this.drop(socket, 'the exchange sent a frame that is not a JSON object');
      return;
    }
    const id = frame.id === undefined || frame.id === null ? undefined : String(frame.id);
    if (id === undefined) this.#listeners.get(socket.url)?.(frame, receivedAt);
    else this.#settle(socket, id, frame);
  }

  #settle(socket: Socket, id: string, frame: Record<string, unknown>): void {
    const status = frame.status ?? (frame.error === undefined && frame.code === undefined ? 200 : 400);
    if (!(id in socket.futures)) return;
    if (status === 200) socket.resolve(frame.result ?? null, id);
    else socket.reject(new ExchangeAnswer(answerFacts(Number(status), frame.error ?? frame, {})), id);
  }

  /** Numbers are text here, so that money stays decimal; ccxt's throttle would add costs up as text too, and stall. */
  override calculateRateLimiterCost(
    ...request: Parameters<InstanceType<typeof ccxt.pro.binance>['calculateRateLimiterCost']>
  ): number {
    return Number(super.calculateRateLimiterCost(...request));
  }

  override handleErrors(
    status: number,
    reason: string,
    _url: string,
    _method: string,
    headers: Record<string, string>,
    body: string,
    parsed: unknown,
  ): undefined {
    if (status >= 400) throw new ExchangeAnswer(answerFacts(status, parsed ?? { msg: body || reason }, headers));
    return undefined;
  }
}

const asText = (data: string | Uint8Array): string => (typeof data === 'string' ? data : Buffer.from(data).toString());

function parseFrame(data: RawData): Record<string, unknown> | undefined {
  try {
    const frame: unknown = JSON.parse(data.toString());
    return typeof frame === 'object' && frame !== null ? (frame as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
