import { messageOf } from '../../core/ares-error.ts';
import type { StreamMessage } from '../../core/ports/exchange.ts';
import type { AccountKeys } from './account-keys.ts';
import { accountMessages } from './account-messages.ts';
import { requestShape } from './request-signer.ts';
import type { Channel } from './supervised-channel.ts';
import type { Venue } from './venue.ts';

const SUBSCRIBE = 'userDataStream.subscribe.signature';
const SUBSCRIBE_SHAPE = requestShape();

/** After these the stream says nothing any more, or soon not. */
const ENDS: Readonly<Record<string, string>> = {
  eventStreamTerminated: 'the exchange ended the account stream',
  serverShutdown: 'the exchange shuts this server down',
};

/** The account's orders, fills and balance changes, on the socket that orders are sent through. */
export function accountChannel(venue: Venue, keys: AccountKeys, tell: (message: StreamMessage) => void): Channel {
  const { client, sockets, symbolOf } = venue;
  const url = client.accountUrl();
  return {
    name: 'account',
    async connect(up) {
      const signer = await keys.ensure();
      const socket = await sockets.open(url);
      const understood = (event: unknown, receivedAt: number): readonly StreamMessage[] => {
        try {
          return accountMessages(event, symbolOf, receivedAt);
        } catch (error) {
          socket.drop(`an account event is not what the exchange documents: ${messageOf(error)}`);
          return [];
        }
      };
      sockets.listen(url, ({ event }, receivedAt) => {
        for (const message of understood(event, receivedAt)) {
          up();
          tell(message);
        }
        const end = ENDS[String((event as { e?: unknown } | undefined)?.e)];
        if (end !== undefined) socket.drop(end);
      });
      try {
        const id = socket.nextId();
        await socket.send(id, signer.frame(id, SUBSCRIBE, SUBSCRIBE_SHAPE, {}));
      } catch (failure) {
        keys.doubt(failure);
        throw failure;
      }
      return { lost: socket.closed };
    },
    disconnect(reason) {
      sockets.drop(url, reason);
    },
  };
}
