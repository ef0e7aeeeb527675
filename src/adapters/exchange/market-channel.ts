import { messageOf } from '../../core/ares-error.ts';
import type { Timeframe } from '../../core/market-data/candle.ts';
import type { StreamMessage } from '../../core/ports/exchange.ts';
import { marketMessage } from './market-message.ts';
import type { Channel, ChannelPorts } from './supervised-channel.ts';
import type { Venue } from './venue.ts';

/** One socket for all candles, trades and book tops, so that their order is the exchange's. */
export function marketChannel(
  venue: Venue,
  marketIds: readonly string[],
  timeframe: Timeframe,
  silenceMs: number,
  tell: (message: StreamMessage) => void,
  { timers, monotonic }: ChannelPorts,
): Channel {
  const { client } = venue;
  const url = client.marketUrl();
  const streams = marketIds.flatMap((id) => {
    const name = id.toLowerCase();
    return [`${name}@kline_${timeframe}`, `${name}@trade`, `${name}@bookTicker`];
  });
  return {
    name: 'market',
    async connect(up) {
      const socket = await client.open(url);
      let lastFrameAt = monotonic.now();
      client.listen(url, (frame, receivedAt) => {
        lastFrameAt = receivedAt;
        const message = understood(frame, receivedAt);
        if (message === undefined) return;
        up();
        tell(message);
      });
      const understood = (frame: unknown, receivedAt: number): StreamMessage | undefined => {
        try {
          return marketMessage(frame, venue.symbolOf, receivedAt);
        } catch (error) {
          client.drop(socket, `a market frame is not what the exchange documents: ${messageOf(error)}`);
          return undefined;
        }
      };
      await client.ask(socket, 'SUBSCRIBE', streams);
      const stopWatching = timers.every(silenceMs / 4, () => {
        if (monotonic.now() - lastFrameAt > silenceMs)
          client.drop(socket, `the market sent nothing for ${silenceMs} ms`);
      });
      return { lost: client.closed(socket).finally(stopWatching) };
    },
    disconnect(reason) {
      const socket = client.clients[url];
      if (socket) client.drop(socket, reason);
    },
  };
}
