import type { AuditDraft, Write } from '../ports/ledger.ts';
import { commitTracking } from './commit-tracking.ts';
import { inTurn } from './in-turn.ts';
import { readRun, requireActiveRun } from './read-run.ts';
import type { RunDocument } from './run-document.ts';
import { runWrites } from './run-writes.ts';
import type { TrackingPorts } from './tracking-ports.ts';

interface RunChange {
  /** The run as it shall be; the same object when nothing changes. May be asked several times. */
  readonly change: (run: RunDocument) => RunDocument;
  /** A deleted run refuses everything but its own restoring. */
  readonly anyStage?: boolean;
  readonly audit?: readonly AuditDraft[];
  /** Before the commit, once the change was found possible; writes that belong into the same commit. */
  readonly prepare?: () => Promise<readonly Write[]> | readonly Write[];
  readonly onConflict?: (keys: readonly { readonly pk: string; readonly sk: string }[]) => void;
}

/**
 * Changes a run by what it is now, so that parallel writers lose nothing.
 *
 * @returns the run as it is then
 * @throws MlflowError RESOURCE_DOES_NOT_EXIST, INVALID_PARAMETER_VALUE for a deleted run or one that grows too large, TEMPORARILY_UNAVAILABLE; what `change` throws
 */
export async function changeRun(ports: TrackingPorts, runId: string, wish: RunChange): Promise<RunDocument> {
  return inTurn(ports.ledger, runId, () =>
    commitTracking(ports, `a change of run ${runId}`, async () => {
      const before = await readRun(ports.ledger, runId);
      if (wish.anyStage !== true) requireActiveRun(before.run);
      const after = wish.change(before.run);
      const more = (await wish.prepare?.()) ?? [];
      const writes = after === before.run ? [] : runWrites(before, after, ports.wallClock.now());
      return {
        result: after,
        writes: [...writes, ...more],
        audit: after === before.run ? [] : (wish.audit ?? []),
        ...(wish.onConflict && { onConflict: wish.onConflict }),
      };
    }),
  );
}
