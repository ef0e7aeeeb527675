import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { clientOptions } from '../../adapters/aws/client-options.ts';
import { createEventBridgeEventBus } from '../../adapters/aws/eventbridge-event-bus.ts';
import { AresError } from '../../core/ares-error.ts';
import type { EventBus } from '../../core/ports/event-bus.ts';
import { readEnv } from '../env.ts';
import { log } from './log.ts';

let built: EventBus | undefined;

/** @throws AresError `ENV_INVALID` when no bus is named */
export const eventBus = (): EventBus => {
  if (built) return built;
  const { ARES_EVENT_BUS: busName } = readEnv();
  if (!busName) throw new AresError('ENV_INVALID', 'ARES_EVENT_BUS must name an event bus, was not set');
  built = createEventBridgeEventBus({
    client: new EventBridgeClient(clientOptions()),
    busName,
    timers: { sleep: (ms) => sleep(ms) },
    random: { next: Math.random },
    onRefused: (id, reason) => log().warn('an event was not taken', { id, reason }),
  });
  return built;
};
