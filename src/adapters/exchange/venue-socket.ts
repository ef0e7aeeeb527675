import type { Socket } from 'node:net';
import ccxt from 'ccxt';
import { type RawData, WebSocket } from 'ws';
import type { Monotonic, Timers } from '../../core/ports/clock.ts';
import { answerFacts } from './answer-facts.ts';
import { ExchangeAnswer } from './exchange-answer.ts';
import { LONGEST_FRAME, textFrame } from './text-frame.ts';

/** One parsed frame, and when it left the socket (monotonic milliseconds). */
export type FrameListener = (frame: Readonly<Record<string, unknown>>, receivedAt: number) => void;

export interface SocketPolicy {
  /** Opening takes no longer, in milliseconds. */
  readonly connectMs: number;
  /** A peer that leaves two pings in a row so far apart without an answer is dead, in milliseconds. */
  readonly pingMs: number;
}

/** Bytes of a character at most. */
const WIDEST = 3;

interface Asked {
  resolve(result: unknown): void;
  reject(failure: unknown): void;
}

/**
 * One socket of the exchange: each frame is parsed once and handed over inside the socket's own event, and whoever asks holds the promise of the answer.
 *
 * Nothing is queued, merged or kept, and no rejection is left to nobody: a socket that drops rejects what waits for it, and only that.
 */
export class VenueSocket {
  readonly url: string;
  /** Resolves when it is open. @throws ccxt.NetworkError */
  readonly opened: Promise<void>;
  /** Rejects with the reason once it is gone, and never resolves. */
  readonly closed: Promise<never>;
  readonly #connection: WebSocket;
  readonly #asked = new Map<string, Asked>();
  readonly #end = Promise.withResolvers<never>();
  readonly #monotonic: Monotonic;
  readonly #onFrame: FrameListener;
  #wire: Socket | undefined;
  #lastId = 0;
  #unanswered = 0;
  #gone = false;

  constructor(
    url: string,
    onFrame: FrameListener,
    policy: SocketPolicy,
    ports: { readonly monotonic: Monotonic; readonly timers: Timers },
  ) {
    this.url = url;
    this.#onFrame = onFrame;
    this.#monotonic = ports.monotonic;
    this.closed = this.#end.promise;
    // Awaited by whoever needs it; without a handler here a drop nobody waits for would end the process.
    this.closed.catch(() => undefined);
    // ws switches Nagle's delay off by itself.
    const connection = new WebSocket(url, { handshakeTimeout: policy.connectMs, perMessageDeflate: false });
    this.#connection = connection;
    this.opened = Promise.race([new Promise<void>((resolve) => connection.once('open', resolve)), this.closed]);
    this.opened.catch(() => undefined);
    const stopPinging = ports.timers.every(policy.pingMs, () => this.#ping(policy.pingMs));
    this.closed.catch(stopPinging);
    connection.once('upgrade', (response) => {
      this.#wire = response.socket;
    });
    connection.on('message', (data) => this.#receive(data));
    connection.on('pong', () => {
      this.#unanswered = 0;
    });
    connection.on('error', (error) => this.#fail(new ccxt.NetworkError(error.message)));
    connection.on('close', (code) => this.#fail(new ccxt.NetworkError(`the exchange closed the socket, code ${code}`)));
  }

  get isOpen(): boolean {
    return !this.#gone && this.#connection.readyState === WebSocket.OPEN;
  }

  get isGone(): boolean {
    return this.#gone;
  }

  /** The id of the next request: none is used twice on one socket. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /**
   * Writes a request to the socket before returning, and resolves with the answer's `result`.
   *
   * @param text the whole request, with this id in it
   * @throws ExchangeAnswer for an answer that is an error; ccxt.NetworkError when the socket goes before the answer comes
   */
  send(id: number, text: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(new ccxt.NetworkError('the socket to the exchange is not open'));
      this.#asked.set(String(id), { resolve, reject });
      this.#write(text, (error) => {
        if (!error) return;
        const reason = `writing to the exchange failed: ${error.message}`;
        this.#settle(String(id))?.reject(new ccxt.NetworkError(reason));
      });
    });
  }

  /** Like {@link send}, for requests without a signature. */
  ask(method: string, params: unknown): Promise<unknown> {
    const id = this.nextId();
    return this.send(id, JSON.stringify({ id, method, params }));
  }

  /** Ends the socket at once; requests without an answer fail with `reason`. */
  drop(reason: string): void {
    this.#fail(new ccxt.NetworkError(reason));
    this.#connection.terminate();
  }

  /** As one frame straight to the socket, which takes half as long as through ws where its code is cold: it sends a frame by a dozen calls. */
  #write(text: string, written: (error?: Error | null) => void): void {
    if (this.#wire && text.length * WIDEST <= LONGEST_FRAME) this.#wire.write(textFrame(text), written);
    else this.#connection.send(text, written);
  }

  #ping(pingMs: number): void {
    if (!this.isOpen) return;
    if (this.#unanswered >= 2) {
      this.drop(`the exchange answered no ping for ${2 * pingMs} ms`);
      return;
    }
    this.#unanswered += 1;
    this.#connection.ping();
  }

  #receive(data: RawData): void {
    const receivedAt = this.#monotonic.now();
    // Dropped, and still being read: what comes now is nobody's any more.
    if (this.#gone) return;
    const frame = parseFrame(data);
    if (frame === undefined) this.drop('the exchange sent a frame that is not a JSON object');
    else if (frame.id === undefined || frame.id === null) this.#onFrame(frame, receivedAt);
    else this.#answer(String(frame.id), frame);
  }

  #answer(id: string, frame: Record<string, unknown>): void {
    const asked = this.#settle(id);
    if (!asked) return;
    const status = frame.status ?? (frame.error === undefined && frame.code === undefined ? 200 : 400);
    if (status === 200) asked.resolve(frame.result ?? null);
    else asked.reject(new ExchangeAnswer(answerFacts(Number(status), frame.error ?? frame, {})));
  }

  #settle(id: string): Asked | undefined {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }

  #fail(failure: Error): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#end.reject(failure);
    for (const asked of this.#asked.values()) asked.reject(failure);
    this.#asked.clear();
  }
}

function parseFrame(data: RawData): Record<string, unknown> | undefined {
  try {
    const frame: unknown = JSON.parse(data.toString());
    return typeof frame === 'object' && frame !== null ? (frame as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
