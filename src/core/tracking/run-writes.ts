import { keyText } from '../ledger/check-commit.ts';
import { indexes, keys } from '../ledger-keys.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type { JsonObject, Write } from '../ports/ledger.ts';
import type { RunDocument, StoredRun } from './run-document.ts';
import { runOrder } from './run-order.ts';
import { runPointers } from './run-pointers.ts';

/**
 * The writes that store a run, mark it as changed, and move what points at it.
 *
 * @param before as it is stored; absent for a new run
 * @param now wall time
 */
export function runWrites(before: StoredRun | undefined, after: RunDocument, now: EpochMillis): readonly Write[] {
  const { runId, experimentId } = after;
  const expected = before?.version ?? 'absent';
  return [
    {
      kind: 'put',
      key: keys.run(runId),
      expected,
      value: after as unknown as JsonObject,
      index: indexes.newestRuns(experimentId, after.stage, runOrder(after)),
    },
    {
      kind: 'put',
      key: keys.runChange(runId),
      expected,
      value: {},
      index: indexes.changedRuns(experimentId, now, runId),
    },
    ...movedPointers(before?.run, after),
  ];
}

function movedPointers(before: RunDocument | undefined, after: RunDocument): readonly Write[] {
  const old = new Map((before ? runPointers(before) : []).map((key) => [keyText(key), key]));
  const now = new Map(runPointers(after).map((key) => [keyText(key), key]));
  const gone = [...old].filter(([text]) => !now.has(text));
  const come = [...now].filter(([text]) => !old.has(text));
  return [
    ...gone.map(([, key]): Write => ({ kind: 'delete', key, expected: 1 })),
    ...come.map(([, key]): Write => ({ kind: 'put', key, expected: 'absent', value: {} })),
  ];
}
