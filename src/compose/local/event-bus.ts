import { openDatabase } from '../../adapters/local/database.ts';
import { createSqliteEventBus } from '../../adapters/local/sqlite-event-bus.ts';
import { openEventBusConnection } from '../../adapters/local/sqlite-event-bus-connection.ts';
import type { Deliveries } from '../../core/ports/deliveries.ts';
import type { EventBus } from '../../core/ports/event-bus.ts';
import { readEnv } from '../env.ts';
import { subscriptions } from '../subscriptions.ts';
import { random } from './random.ts';
import { wallClock } from './wall-clock.ts';

let built: (EventBus & Deliveries) | undefined;

export const eventBus = (): EventBus & Deliveries => {
  built ??= createSqliteEventBus(openEventBusConnection(openDatabase(readEnv().ARES_DATA_DIR)), subscriptions, {
    clock: wallClock,
    random: random(),
  });
  return built;
};
