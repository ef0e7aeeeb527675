import { indexes, keys } from '../ledger-keys.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { indexedItems } from './indexed-items.ts';
import { runOf, type StoredRun } from './run-document.ts';
import { runIdOfOrder } from './run-order.ts';

/** Pointers are read so many at a time: few for the best ten, and not many requests for hundreds. */
const POINTERS = 100;

type Walk = AsyncGenerator<StoredRun, void, undefined>;

/** Runs of an experiment, newest first. */
export async function* newestRuns(ledger: LedgerReader, experimentId: string, stage: 'active' | 'deleted'): Walk {
  const { pk } = indexes.newestRuns(experimentId, stage);
  for await (const item of indexedItems(ledger, pk, undefined, 200)) yield runOf(item);
}

/** Active runs with this value of a tag, newest first. */
export async function* taggedRuns(ledger: LedgerReader, experimentId: string, tag: string, value: string): Walk {
  yield* pointedRuns(ledger, keys.taggedRun(experimentId, tag, value).pk);
}

/** All active runs, those with the highest last value of a declared metric first; those without come last, newest first. */
export async function* topRuns(ledger: LedgerReader, experimentId: string, metric: string): Walk {
  yield* pointedRuns(ledger, keys.topRun(experimentId, metric).pk);
  for await (const stored of newestRuns(ledger, experimentId, 'active')) {
    if (!Object.hasOwn(stored.run.metrics, metric)) yield stored;
  }
}

async function* pointedRuns(ledger: LedgerReader, pk: string): Walk {
  let after: string | undefined;
  do {
    const page = await ledger.query({
      table: 'registry',
      pk,
      limit: POINTERS,
      ...(after !== undefined && { after }),
    });
    const runs = await Promise.all(page.items.map(({ key }) => ledger.get(keys.run(runIdOfOrder(key.sk)))));
    for (const item of runs) if (item) yield runOf(item);
    after = page.next;
  } while (after !== undefined);
}
