import ccxt from 'ccxt';
import type { Monotonic, Timers } from '../../core/ports/clock.ts';
import { type FrameListener, type SocketPolicy, VenueSocket } from './venue-socket.ts';

/** The sockets of one exchange, at most one open for each address. */
export interface VenueSockets {
  /** Opens the socket of this address, or takes the one that is open. @throws ccxt.NetworkError */
  open(url: string): Promise<VenueSocket>;
  /** The socket of this address when it is open now. */
  opened(url: string): VenueSocket | undefined;
  /** Hands every frame of this address that is no answer to a request to `listener`, until another is set. */
  listen(url: string, listener: FrameListener): void;
  /** Ends the socket of this address, if there is one. */
  drop(url: string, reason: string): void;
  /** Ends all of them, and opens none any more. */
  close(): void;
}

export function createVenueSockets(
  policy: SocketPolicy,
  ports: { readonly monotonic: Monotonic; readonly timers: Timers },
): VenueSockets {
  const sockets = new Map<string, VenueSocket>();
  const listeners = new Map<string, FrameListener>();
  let closed = false;
  return {
    async open(url) {
      if (closed) throw new ccxt.NetworkError('the connection to the exchange was closed by its owner');
      const known = sockets.get(url);
      if (known && !known.isGone) {
        await known.opened;
        return known;
      }
      const socket = new VenueSocket(url, (frame, at) => listeners.get(url)?.(frame, at), policy, ports);
      sockets.set(url, socket);
      await socket.opened;
      return socket;
    },
    opened(url) {
      const socket = sockets.get(url);
      return socket?.isOpen ? socket : undefined;
    },
    listen(url, listener) {
      listeners.set(url, listener);
    },
    drop(url, reason) {
      sockets.get(url)?.drop(reason);
    },
    close() {
      closed = true;
      for (const socket of sockets.values()) socket.drop('closed by its owner');
    },
  };
}
