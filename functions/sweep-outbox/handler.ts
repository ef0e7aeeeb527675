import { eventBus } from '#port/event-bus';
import { metrics } from '#port/metrics';
import { outbox } from '#port/outbox';
import { eventHandler } from '../../src/compose/event-handler.ts';
import { sweepOutbox } from '../../src/core/events/sweep-outbox.ts';

export const handler = eventHandler('sweep-outbox', sweepOutbox, { outbox, eventBus, metrics });
