import { changeRun } from './change-run.ts';
import type { RunDocument } from './run-document.ts';
import type { TrackingPorts } from './tracking-ports.ts';

/** Says which logged models a run made, and at which step. @throws MlflowError RESOURCE_DOES_NOT_EXIST, INVALID_PARAMETER_VALUE for a deleted run */
export async function logOutputs(
  ports: TrackingPorts,
  runId: string,
  models: RunDocument['modelOutputs'],
): Promise<void> {
  if (models.length === 0) return;
  await changeRun(ports, runId, {
    change: (run) => ({ ...run, modelOutputs: [...run.modelOutputs, ...models] }),
  });
}
