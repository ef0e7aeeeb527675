import type { WebSocket } from 'ws';

/** Frames handed to at least one subscriber since this process started. */
export interface SentFrames {
  /** Closing klines, of every interval. */
  candles: number;
  trades: number;
  bookTops: number;
}

interface Subscriber {
  readonly socket: WebSocket;
  readonly combined: boolean;
  readonly streams: Set<string>;
}

/** The market data sockets and who listens to what. */
export interface MarketStreams {
  /** Takes over a socket that asked for `path` (with its query). */
  attach(socket: WebSocket, path: string): void;
  has(stream: string): boolean;
  /** Sends one frame to the stream's subscribers; returns how many there were. */
  publish(stream: string, data: string): number;
  /** Streams somebody listens to. */
  names(): readonly string[];
  /** The most bytes waiting in any subscriber's socket. */
  backlog(): number;
  drop(): void;
}

const STREAM =
  /^[a-z0-9]+@(trade|aggTrade|bookTicker|depth(@\d+ms)?|depth(5|10|20)(@\d+ms)?|kline_\w+|miniTicker|ticker)$/;

interface Command {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
}

export function createMarketStreams(): MarketStreams {
  const subscribers = new Set<Subscriber>();
  const byStream = new Map<string, Set<Subscriber>>();

  function subscribe(subscriber: Subscriber, stream: string): void {
    subscriber.streams.add(stream);
    const listeners = byStream.get(stream);
    if (listeners) listeners.add(subscriber);
    else byStream.set(stream, new Set([subscriber]));
  }

  function unsubscribe(subscriber: Subscriber, stream: string): void {
    subscriber.streams.delete(stream);
    const listeners = byStream.get(stream);
    listeners?.delete(subscriber);
    if (listeners?.size === 0) byStream.delete(stream);
  }

  function obey(subscriber: Subscriber, text: string): string {
    let command: Command;
    try {
      command = JSON.parse(text) as Command;
    } catch (error) {
      return JSON.stringify({ error: { code: 3, msg: `Invalid JSON: ${(error as Error).message}` } });
    }
    const id = command.id ?? null;
    const fail = (msg: string) => JSON.stringify({ error: { code: 2, msg: `Invalid request: ${msg}` }, id });
    if (command.method === 'LIST_SUBSCRIPTIONS') return JSON.stringify({ result: [...subscriber.streams], id });
    if (command.method !== 'SUBSCRIBE' && command.method !== 'UNSUBSCRIBE')
      return fail(`unknown variant ${String(command.method)}`);
    const { params } = command;
    if (!Array.isArray(params) || params.length === 0) return fail('params must be a list of streams');
    const wrong = params.find((stream) => typeof stream !== 'string' || !STREAM.test(stream));
    if (wrong !== undefined) return fail(`invalid stream ${String(wrong)}`);
    const change = command.method === 'SUBSCRIBE' ? subscribe : unsubscribe;
    for (const stream of params as string[]) change(subscriber, stream);
    return JSON.stringify({ result: null, id });
  }

  return {
    attach(socket, path) {
      const url = new URL(path, 'ws://localhost');
      const combined = url.searchParams.has('streams') || url.pathname === '/stream';
      const named = url.searchParams.get('streams')?.split('/') ?? url.pathname.split('/').slice(2);
      const subscriber: Subscriber = { socket, combined, streams: new Set() };
      subscribers.add(subscriber);
      for (const stream of named) if (STREAM.test(stream)) subscribe(subscriber, stream);
      socket.on('message', (message) => socket.send(obey(subscriber, String(message))));
      socket.on('close', () => {
        for (const stream of [...subscriber.streams]) unsubscribe(subscriber, stream);
        subscribers.delete(subscriber);
      });
    },
    has: (stream) => byStream.has(stream),
    names: () => [...byStream.keys()],
    publish(stream, data) {
      const listeners = byStream.get(stream);
      if (!listeners) return 0;
      for (const { socket, combined } of listeners)
        socket.send(combined ? `{"stream":"${stream}","data":${data}}` : data);
      return listeners.size;
    },
    backlog() {
      let most = 0;
      for (const { socket } of subscribers) most = Math.max(most, socket.bufferedAmount);
      return most;
    },
    drop() {
      for (const { socket } of subscribers) socket.terminate();
    },
  };
}
