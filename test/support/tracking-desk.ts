import { onTestFinished } from 'vitest';
import { openDatabase } from '../../src/adapters/local/database.ts';
import { createSqliteLedger } from '../../src/adapters/local/sqlite-ledger.ts';
import { systemRandom } from '../../src/adapters/local/system-random.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import { createRun, type NewRun } from '../../src/core/tracking/create-run.ts';
import type { RunDocument } from '../../src/core/tracking/run-document.ts';
import type { TrackingActor } from '../../src/core/tracking/tracking-audit.ts';
import type { TrackingPorts } from '../../src/core/tracking/tracking-ports.ts';
import { manualClock } from './manual-clock.ts';
import { createMemoryLedger } from './memory-ledger.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** How much was asked of a ledger: items read, by key or in a page, and commits. */
export interface LedgerWork {
  items: number;
  commits: number;
  appends: number;
}

/** Counts what passes. */
function countedLedger(ledger: Ledger): { readonly ledger: Ledger; readonly work: LedgerWork } {
  const work: LedgerWork = { items: 0, commits: 0, appends: 0 };
  const counted: Ledger = {
    async get(key) {
      work.items += 1;
      return ledger.get(key);
    },
    async query(query) {
      const page = await ledger.query(query);
      work.items += page.items.length;
      return page;
    },
    async commit(commit) {
      work.commits += 1;
      return ledger.commit(commit);
    },
    async append(records) {
      work.appends += 1;
      return ledger.append(records);
    },
  };
  return { ledger: counted, work };
}

/** A SQLite ledger that goes when the test ends. */
export function temporarySqliteLedger(): Ledger {
  const db = openDatabase(temporaryDirectory());
  onTestFinished(() => db.close());
  return createSqliteLedger(db);
}

/** Everything that the tracking's use cases need, with a clock that goes on when told to. */
export function trackingDesk(underneath: Ledger = createMemoryLedger()) {
  const { ledger, work } = countedLedger(underneath);
  const wallClock = manualClock();
  const ports: TrackingPorts = { ledger, wallClock, random: systemRandom(1) };
  const actor = (): TrackingActor => ({ user: 'ada', now: wallClock.now(), sessionId: 'test' });
  const newRun = (wish: Partial<NewRun> = {}): Promise<RunDocument> =>
    createRun(ports, { experimentId: '0', user: 'ada', startTime: wallClock.now(), name: '', tags: [], ...wish });
  return { ports, work, wallClock, actor, newRun, underneath };
}
