import type { Exchange, Feed, Stream, StreamMessage } from '../../src/core/ports/exchange.ts';

type Listener = (message: StreamMessage) => void;

/**
 * One exchange for several slots of an account: one connection, one stream with the feeds of all of them.
 *
 * A slot gets the market messages of its own feeds, and everything of the account and of the connection. The stream ends with the last listener, the
 * connection with the last slot.
 *
 * @param feeds of all slots
 * @param slots how many will close it
 */
export function shareExchange(exchange: Exchange, feeds: readonly Feed[], slots: number): Exchange {
  const all = new Set<Listener>();
  const bySymbol = new Map<string, Set<{ readonly timeframes: ReadonlySet<string>; readonly listener: Listener }>>();
  let open: Promise<Stream> | undefined;
  let left = slots;

  const deliver = (message: StreamMessage): void => {
    switch (message.kind) {
      case 'candle':
        for (const { timeframes, listener } of bySymbol.get(message.symbol) ?? [])
          if (timeframes.has(message.timeframe)) listener(message);
        return;
      case 'trade':
      case 'book-top':
        for (const { listener } of bySymbol.get(message.symbol) ?? []) listener(message);
        return;
      default:
        for (const listener of all) listener(message);
    }
  };

  return {
    ...exchange,
    async stream(request, listener) {
      const entries = [...new Set(request.feeds.map(({ symbol }) => symbol))].map((symbol) => {
        const own = request.feeds.filter((feed) => feed.symbol === symbol);
        const entry = { timeframes: new Set<string>(own.map(({ timeframe }) => timeframe)), listener };
        const listeners = bySymbol.get(symbol) ?? new Set();
        bySymbol.set(symbol, listeners.add(entry));
        return () => void listeners.delete(entry);
      });
      all.add(listener);
      open ??= exchange.stream({ feeds }, deliver);
      await open;
      return {
        close: async () => {
          for (const remove of entries) remove();
          all.delete(listener);
          if (all.size === 0) await (await open)?.close();
        },
      };
    },
    close: async () => {
      left -= 1;
      if (left === 0) await exchange.close();
    },
  };
}
