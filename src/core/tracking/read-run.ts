import { keys } from '../ledger-keys.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { MlflowError } from './mlflow-error.ts';
import { type RunDocument, runOf, type StoredRun } from './run-document.ts';

const RUN_ID = /^[a-zA-Z0-9][\w-]{0,255}$/;

/** What MLflow asks of the ids of batches and inputs. @throws MlflowError INVALID_PARAMETER_VALUE */
export function checkRunId(runId: string): void {
  if (RUN_ID.test(runId)) return;
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `Invalid value ${JSON.stringify(runId)} for parameter 'run_id' supplied.`,
  );
}

/**
 * A run, deleted or not.
 *
 * @throws MlflowError RESOURCE_DOES_NOT_EXIST
 */
export async function readRun(ledger: LedgerReader, runId: string): Promise<StoredRun> {
  const item = RUN_ID.test(runId) ? await ledger.get(keys.run(runId)) : undefined;
  if (item) return runOf(item);
  throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `Run with id=${runId.slice(0, 300)} not found`);
}

/** @throws MlflowError INVALID_PARAMETER_VALUE for a deleted run */
export function requireActiveRun({ runId, stage }: RunDocument): void {
  if (stage === 'active') return;
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `The run ${runId} must be in the 'active' state. Current state is ${stage}.`,
  );
}
