/** Commits four events, relays them to the bus, and is killed before they are marked as published. */
import { openDatabase } from '../../../../src/adapters/local/database.ts';
import { createSqliteEventBus } from '../../../../src/adapters/local/sqlite-event-bus.ts';
import { createSqliteLedger } from '../../../../src/adapters/local/sqlite-ledger.ts';
import { createSqliteOutbox } from '../../../../src/adapters/local/sqlite-outbox.ts';
import { systemClocks } from '../../../../src/adapters/local/system-clocks.ts';
import { systemRandom } from '../../../../src/adapters/local/system-random.ts';
import { relayOutbox } from '../../../../src/core/events/relay-outbox.ts';
import type { Subscription } from '../../../../src/core/events/subscription.ts';
import { configChanged } from '../../../support/sample-event.ts';

const db = openDatabase(process.argv[2] ?? '');
const ledger = createSqliteLedger(db);
const events = [1, 2, 3, 4].map((sequence) => configChanged(`c${sequence}`, sequence));
await ledger.commit({ token: 'events', writes: [], audit: [], events });

const pattern = { source: ['ares.config'] };
const subscriptions: readonly Subscription[] = [
  { kind: 'function', target: 'check-promotion', pattern, maxAttempts: 3, timeoutMs: 5_000 },
];
const eventBus = createSqliteEventBus(db, subscriptions, { clock: systemClocks.wall, random: systemRandom() });
const outbox = {
  ...createSqliteOutbox(db),
  async markPublished() {
    process.kill(process.pid, 'SIGKILL');
  },
};
await relayOutbox({ outbox, eventBus });
