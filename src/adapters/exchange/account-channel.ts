import * as z from 'zod';
import { messageOf } from '../../core/ares-error.ts';
import type { StreamMessage } from '../../core/ports/exchange.ts';
import type { AccountKeys } from './account-keys.ts';
import { accountMessages } from './account-messages.ts';
import type { Channel } from './supervised-channel.ts';
import type { Venue } from './venue.ts';

const eventEnvelope = z.object({ event: z.looseObject({ e: z.string() }) });

/** The account's orders and fills, on the socket that orders are sent through. */
export function accountChannel(venue: Venue, keys: AccountKeys, tell: (message: StreamMessage) => void): Channel {
  const { client } = venue;
  const url = client.accountUrl();
  return {
    name: 'account',
    async connect(up) {
      await keys.ensure();
      const socket = await client.open(url);
      const understood = (frame: unknown, receivedAt: number): readonly StreamMessage[] => {
        try {
          const { event } = eventEnvelope.parse(frame);
          if (event.e === 'eventStreamTerminated') client.drop(socket, 'the exchange ended the account stream');
          return event.e === 'executionReport' ? accountMessages(event, venue.symbolOf, receivedAt) : [];
        } catch (error) {
          client.drop(socket, `an account event is not what the exchange documents: ${messageOf(error)}`);
          return [];
        }
      };
      client.listen(url, (frame, receivedAt) => {
        for (const message of understood(frame, receivedAt)) {
          up();
          tell(message);
        }
      });
      try {
        await client.ask(socket, 'userDataStream.subscribe.signature', client.signParams({}));
      } catch (failure) {
        keys.doubt(failure);
        throw failure;
      }
      return { lost: client.closed(socket) };
    },
    disconnect(reason) {
      const socket = client.clients[url];
      if (socket) client.drop(socket, reason);
    },
  };
}
