import { onTestFinished } from 'vitest';
import {
  createFunctionHost,
  type FunctionHostPorts,
} from '../../../../apps/local/function-host/create-function-host.ts';
import type { LoadHandler } from '../../../../apps/local/function-host/run-delivery.ts';
import { openDatabase } from '../../../../src/adapters/local/database.ts';
import { createSqliteEventBus } from '../../../../src/adapters/local/sqlite-event-bus.ts';
import { openEventBusConnection } from '../../../../src/adapters/local/sqlite-event-bus-connection.ts';
import { createSqliteLedger } from '../../../../src/adapters/local/sqlite-ledger.ts';
import { createSqliteOutbox } from '../../../../src/adapters/local/sqlite-outbox.ts';
import { systemClocks } from '../../../../src/adapters/local/system-clocks.ts';
import { systemRandom } from '../../../../src/adapters/local/system-random.ts';
import { eventHandler, type FunctionHandler, type UseCase } from '../../../../src/compose/event-handler.ts';
import { subscriptionOf } from '../../../../src/compose/subscriptions.ts';
import type { FunctionName, FunctionWiring } from '../../../../src/compose/wiring.ts';
import type { EventEnvelope } from '../../../../src/core/events/envelope.ts';
import type { Ledger } from '../../../../src/core/ports/ledger.ts';
import { manualClock } from '../../../support/manual-clock.ts';
import { recordingLog } from '../../../support/recording-log.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';

/** A row like those of the wiring table. */
export const wiring = (name: FunctionName, row: Partial<FunctionWiring>): FunctionWiring => ({
  name,
  about: '',
  triggers: [],
  grants: {},
  memoryMb: 128,
  timeoutSeconds: 5,
  maxAttempts: 3,
  errorImpact: 'none',
  alarmAfterErrors: 1,
  ...row,
});

/** The real bus, ledger and handlers in a temporary directory; `restart` gives the host of a next process. */
export function openHost(functions: readonly FunctionWiring[], dataDir = temporaryDirectory()) {
  const db = openDatabase(dataDir);
  const busDatabase = openEventBusConnection(db);
  onTestFinished(() => {
    busDatabase.close();
    if (db.isOpen) db.close();
  });
  const wallClock = manualClock();
  const ledger = createSqliteLedger(db, wallClock);
  const outbox = createSqliteOutbox(db);
  const log = recordingLog();
  const { monotonic, timers } = systemClocks;
  const random = systemRandom(1);
  const handlers: Record<string, LoadHandler> = {};
  const start = (changed: Partial<FunctionHostPorts> = {}) => {
    const eventBus = createSqliteEventBus(busDatabase, functions.map(subscriptionOf), { clock: wallClock, random });
    const ports = { ledger, outbox, eventBus, wallClock, monotonic, timers, random, log, ...changed };
    return { eventBus, host: createFunctionHost(ports, { handlers, functions, restMs: 2 }) };
  };
  let committed = 0;
  return {
    ...start(),
    restart: start,
    ledger,
    outbox,
    wallClock,
    log,
    /** Puts a use case behind a function. */
    on(name: FunctionName, useCase: UseCase<{ readonly ledger: Ledger }>) {
      const handler = eventHandler(name, useCase, { ledger }, { ledger, log, monotonic, wallClock });
      handlers[name] = async () => ({ handler });
    },
    /** Puts a bare handler behind a function. */
    onBare(name: FunctionName, handler: FunctionHandler) {
      handlers[name] = async () => ({ handler });
    },
    async emit(...events: readonly EventEnvelope[]) {
      for (const event of events)
        await ledger.commit({ token: `emit-${committed++}`, writes: [], audit: [], events: [event] });
    },
  };
}
