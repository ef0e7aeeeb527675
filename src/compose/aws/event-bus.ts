import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { clientOptions } from '../../adapters/aws/client-options.ts';
import { createEventBridgeEventBus } from '../../adapters/aws/eventbridge-event-bus.ts';
import { systemRandom } from '../../adapters/local/system-random.ts';
import type { EventBus } from '../../core/ports/event-bus.ts';
import { requireEnv } from '../require-env.ts';
import { log } from './log.ts';
import { timers } from './timers.ts';

let built: EventBus | undefined;

/** @throws AresError `ENV_INVALID` when no bus is named */
export const eventBus = (): EventBus => {
  built ??= createEventBridgeEventBus({
    client: new EventBridgeClient(clientOptions()),
    busName: requireEnv('ARES_EVENT_BUS', 'the name of the event bus'),
    timers,
    random: systemRandom(),
    onRefused: (id, reason) => log().warn('an event was not taken', { id, reason }),
  });
  return built;
};
