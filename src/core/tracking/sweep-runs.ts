import { indexes } from '../ledger-keys.ts';
import type { Write } from '../ports/ledger.ts';
import { changeRun } from './change-run.ts';
import { commitTracking } from './commit-tracking.ts';
import { inTurn } from './in-turn.ts';
import { type RunDocument, runOf, type StoredRun } from './run-document.ts';
import { runWrites } from './run-writes.ts';
import type { TrackingPorts } from './tracking-ports.ts';

const PAGE = 200;
/** A commit takes 25 items, its token among them. */
const MOST_WRITES = 20;

/**
 * Changes all runs of an experiment that are in a stage, several in a commit.
 *
 * Not one step: cut off, it has changed some of them; called again, it goes on.
 *
 * @param change gives the same object for a run that needs none
 */
export async function sweepRuns(
  ports: TrackingPorts,
  experimentId: string,
  stage: RunDocument['stage'],
  change: (run: RunDocument) => RunDocument,
): Promise<void> {
  const { pk } = indexes.newestRuns(experimentId, stage);
  let after: string | undefined;
  do {
    const page = await ports.ledger.query({ table: 'registry', by: 'index', pk, limit: PAGE, ...(after && { after }) });
    for (const batch of batches(ports, page.items.map(runOf), change)) await commitBatch(ports, batch, change);
    after = page.next;
  } while (after !== undefined);
}

interface Batch {
  readonly runs: readonly StoredRun[];
  readonly writes: readonly Write[];
}

function batches(
  ports: TrackingPorts,
  runs: readonly StoredRun[],
  change: (run: RunDocument) => RunDocument,
): readonly Batch[] {
  const made: { runs: StoredRun[]; writes: Write[] }[] = [];
  const now = ports.wallClock.now();
  for (const stored of runs) {
    const after = change(stored.run);
    if (after === stored.run) continue;
    const writes = runWrites(stored, after, now);
    const last = made.at(-1);
    if (last && last.writes.length + writes.length <= MOST_WRITES) {
      last.runs.push(stored);
      last.writes.push(...writes);
    } else made.push({ runs: [stored], writes: [...writes] });
  }
  return made;
}

/** One that has changed since it was listed spoils the batch: then each is changed by what it is now. */
async function commitBatch(
  ports: TrackingPorts,
  { runs, writes }: Batch,
  change: (run: RunDocument) => RunDocument,
): Promise<void> {
  let met = false;
  await inTurn(ports.ledger, 'sweep', () =>
    commitTracking(ports, 'a change of many runs', async () => ({
      result: undefined,
      writes: met ? [] : writes,
      onConflict: () => {
        met = true;
      },
    })),
  );
  if (!met) return;
  for (const { run } of runs) await changeRun(ports, run.runId, { anyStage: true, change });
}
