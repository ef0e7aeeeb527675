import { readRun } from '../../../src/core/tracking/read-run.ts';
import type { MlflowPorts } from './route.ts';

/**
 * Where a run's artifacts are kept, of a deleted run too.
 *
 * @throws MlflowError RESOURCE_DOES_NOT_EXIST
 */
export async function runArtifactRoot({ ledger }: Pick<MlflowPorts, 'ledger'>, runId: string): Promise<string> {
  return (await readRun(ledger, runId)).run.artifactUri;
}
