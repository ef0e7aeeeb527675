import { indexes, keys } from '../ledger-keys.ts';
import type { WallClock } from '../ports/clock.ts';
import type { Item, LedgerReader } from '../ports/ledger.ts';
import { indexedItems } from './indexed-items.ts';
import { runOf } from './run-document.ts';
import { runIdOfOrder } from './run-order.ts';
import { type SearchedRun, searchedRun } from './searched-run.ts';

/** A change may become visible so long after the time it bears: clocks differ, commits wait, an index lags. */
const LATE_MS = 10_000;
/** A change whose time was wrong by more than that is seen so much later. */
const RELOAD_MS = 15 * 60_000;

/** All runs of one experiment, kept in memory between searches and made current before each. */
export interface RunBoard {
  readonly size: number;
  /** Reads what has changed; all of them the first time. @returns whether it holds them all: not when there are more than `most` */
  refresh(most: number): Promise<boolean>;
  runs(): readonly SearchedRun[];
}

export function createRunBoard(ledger: LedgerReader, clock: WallClock, experimentId: string): RunBoard {
  let runs = new Map<string, SearchedRun>();
  let list: readonly SearchedRun[] | undefined;
  let seenUntil = 0;
  let loadedAt = Number.NEGATIVE_INFINITY;
  let turn: Promise<unknown> = Promise.resolve();

  const keep = (into: Map<string, SearchedRun>, item: Item): void => {
    const stored = runOf(item);
    const known = into.get(stored.run.runId);
    if (known && known.version >= stored.version) return;
    into.set(stored.run.runId, searchedRun(stored));
  };

  const load = async (most: number): Promise<boolean> => {
    const now = clock.now();
    const all = new Map<string, SearchedRun>();
    for (const stage of ['active', 'deleted'] as const) {
      const { pk } = indexes.newestRuns(experimentId, stage);
      for await (const item of indexedItems(ledger, pk)) {
        keep(all, item);
        if (all.size > most) return false;
      }
    }
    runs = all;
    list = undefined;
    loadedAt = now;
    seenUntil = now - LATE_MS;
    return true;
  };

  const readChanges = async (): Promise<void> => {
    const now = clock.now();
    const { pk, sk } = indexes.changedRuns(experimentId, Math.max(0, seenUntil));
    const changed: string[] = [];
    for await (const { index, version } of indexedItems(ledger, pk, sk)) {
      const runId = runIdOfOrder(index?.sk ?? '');
      if ((runs.get(runId)?.version ?? 0) < version) changed.push(runId);
    }
    for (let at = 0; at < changed.length; at += 50) {
      const items = await Promise.all(changed.slice(at, at + 50).map((runId) => ledger.get(keys.run(runId))));
      for (const item of items) if (item) keep(runs, item);
      list = undefined;
    }
    seenUntil = Math.max(seenUntil, now - LATE_MS);
  };

  const refresh = async (most: number): Promise<boolean> => {
    if (clock.now() - loadedAt > RELOAD_MS) return load(most);
    await readChanges();
    return runs.size <= most;
  };

  return {
    get size() {
      return runs.size;
    },
    refresh(most) {
      const mine = turn.then(() => refresh(most));
      turn = mine.catch(() => undefined);
      return mine;
    },
    runs() {
      list ??= [...runs.values()];
      return list;
    },
  };
}
