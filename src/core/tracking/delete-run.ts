import { changeRun } from './change-run.ts';
import { type TrackingActor, trackingAudit } from './tracking-audit.ts';
import type { TrackingPorts } from './tracking-ports.ts';

/** Takes a run out of sight; it can be restored. @throws MlflowError RESOURCE_DOES_NOT_EXIST */
export async function deleteRun(ports: TrackingPorts, actor: TrackingActor, runId: string): Promise<void> {
  await changeRun(ports, runId, {
    anyStage: true,
    change: (run) => (run.stage === 'deleted' ? run : { ...run, stage: 'deleted' }),
    audit: [trackingAudit(actor, 'RunDeleted', { runId })],
  });
}

/** @throws MlflowError RESOURCE_DOES_NOT_EXIST */
export async function restoreRun(ports: TrackingPorts, actor: TrackingActor, runId: string): Promise<void> {
  await changeRun(ports, runId, {
    anyStage: true,
    change: (run) => (run.stage === 'active' ? run : { ...run, stage: 'active' }),
    audit: [trackingAudit(actor, 'RunRestored', { runId })],
  });
}
