import { AresError, messageOf } from '../../core/ares-error.ts';
import type { Feed, StreamMessage } from '../../core/ports/exchange.ts';
import { marketMessage } from './market-message.ts';
import { type SilencePolicy, watchSilence } from './silence-watch.ts';
import type { Channel, ChannelPorts } from './supervised-channel.ts';
import type { Venue } from './venue.ts';

/** Streams on one socket: Binance's limit. */
const MOST_STREAMS = 1_024;

export interface MarketFeed extends Feed {
  /** The exchange's own id of the market. */
  readonly marketId: string;
}

/**
 * One socket for all candles, trades and book tops of all feeds, so that their order is the exchange's; asked for in one request, however many.
 *
 * @throws AresError `STREAM_TOO_WIDE` for more than one socket carries
 */
export function marketChannel(
  venue: Venue,
  feeds: readonly MarketFeed[],
  silence: SilencePolicy,
  tell: (message: StreamMessage) => void,
  { timers, monotonic, log }: ChannelPorts,
): Channel {
  const { client, sockets, symbolOf } = venue;
  const url = client.marketUrl();
  const streams = streamNames(feeds);
  if (streams.length > MOST_STREAMS) {
    throw new AresError(
      'STREAM_TOO_WIDE',
      `feeds must make at most ${MOST_STREAMS} streams, made ${streams.length}: two for each symbol and one for each timeframe of it`,
      { streams: streams.length },
    );
  }
  const watch = watchSilence(feeds, silence, monotonic);
  return {
    name: 'market',
    async connect(up) {
      const socket = await sockets.open(url);
      watch.begin();
      sockets.listen(url, (frame, receivedAt) => {
        let message: StreamMessage | undefined;
        try {
          message = marketMessage(frame, symbolOf, receivedAt);
        } catch (error) {
          socket.drop(`a market frame is not what the exchange documents: ${messageOf(error)}`);
          return;
        }
        watch.heard(message !== undefined && 'symbol' in message ? message.symbol : undefined, receivedAt);
        if (message === undefined) {
          if (frame.e === 'serverShutdown') socket.drop('the exchange shuts this server down');
          return;
        }
        up();
        tell(message);
      });
      await socket.ask('SUBSCRIBE', streams);
      const stopWatching = timers.every(silence.socketMs / 4, () => {
        const reason = watch.reasonToReconnect();
        if (reason === undefined) return;
        log.warn('the market is silent', { reason });
        socket.drop(reason);
      });
      return { lost: socket.closed.finally(stopWatching) };
    },
    disconnect(reason) {
      sockets.drop(url, reason);
    },
  };
}

/** Trades and book tops once for each symbol, candles once for each of its timeframes. */
function streamNames(feeds: readonly MarketFeed[]): readonly string[] {
  const names = feeds.flatMap(({ marketId, timeframe }) => {
    const name = marketId.toLowerCase();
    return [`${name}@kline_${timeframe}`, `${name}@trade`, `${name}@bookTicker`];
  });
  return [...new Set(names)];
}
