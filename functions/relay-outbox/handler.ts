import { eventBus } from '#port/event-bus';
import { outbox } from '#port/outbox';
import { streamHandler } from '../../src/compose/stream-handler.ts';
import { relayCommitted } from '../../src/core/events/relay-committed.ts';

export const handler = streamHandler('relay-outbox', relayCommitted, { outbox, eventBus });
