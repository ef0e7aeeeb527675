import type { ModelState } from '../models/lifecycle.ts';
import type { StoredModel } from '../models/model-record.ts';
import { findModel } from '../models/read-models.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import type { ModelVersion } from './model-version.ts';
import type { Stage } from './stage.ts';

/** A version with the stage it has now. */
export interface LiveVersion {
  readonly version: ModelVersion;
  readonly stage: Stage;
  /** The slot's model that it is, as its slot has it; `undefined` for a version that is none. */
  readonly candidate: StoredModel | undefined;
}

/**
 * The stage of a slot's model is read from the slot each time, never kept: promotions and rollbacks that come from elsewhere are seen at once.
 *
 * @throws AresError `LEDGER_ITEM_INVALID`
 */
export async function liveVersion(ledger: LedgerReader, version: ModelVersion): Promise<LiveVersion> {
  if (version.candidate === null) return { version, stage: version.stage, candidate: undefined };
  const { slot, runId } = version.candidate;
  const candidate = await findModel(ledger, slot, runId);
  return { version, stage: candidate ? stageIn(candidate.record.state, version.stage) : version.stage, candidate };
}

/** A candidate may be called Staging by whoever looks after it: the slot knows no such thing. */
function stageIn(state: ModelState, told: Stage): Stage {
  switch (state) {
    case 'production':
      return 'Production';
    case 'standby':
      return 'Staging';
    case 'archived':
      return 'Archived';
    case 'candidate':
      return told === 'Staging' ? 'Staging' : 'None';
    case 'evaluated_inferior':
      return 'None';
  }
}
