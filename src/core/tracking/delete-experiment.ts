import { changeExperiment } from './change-experiment.ts';
import { readExperiment, requireStage } from './read-experiment.ts';
import type { RunDocument } from './run-document.ts';
import { sweepRuns } from './sweep-runs.ts';
import { type TrackingActor, trackingAudit } from './tracking-audit.ts';
import type { TrackingPorts } from './tracking-ports.ts';

type Stage = RunDocument['stage'];

/** Takes an experiment and all its runs out of sight. @throws MlflowError RESOURCE_DOES_NOT_EXIST unless it is active */
export const deleteExperiment = (ports: TrackingPorts, actor: TrackingActor, experimentId: string): Promise<void> =>
  move(ports, actor, experimentId, { from: 'active', to: 'deleted', eventType: 'ExperimentDeleted' });

/** Brings back a deleted experiment and all its runs, those too that were deleted alone. @throws MlflowError RESOURCE_DOES_NOT_EXIST unless it is deleted */
export const restoreExperiment = (ports: TrackingPorts, actor: TrackingActor, experimentId: string): Promise<void> =>
  move(ports, actor, experimentId, { from: 'deleted', to: 'active', eventType: 'ExperimentRestored' });

/** The runs first: cut off, the experiment has not moved, and the same wish can be sent again. */
async function move(
  ports: TrackingPorts,
  actor: TrackingActor,
  experimentId: string,
  wish: {
    readonly from: Stage;
    readonly to: Stage;
    readonly eventType: 'ExperimentDeleted' | 'ExperimentRestored';
  },
): Promise<void> {
  const { from, to, eventType } = wish;
  const { experiment } = await readExperiment(ports, experimentId);
  requireStage(experiment, from);
  const sweep = () =>
    sweepRuns(ports, experiment.id, from, (run) => (run.stage === from ? { ...run, stage: to } : run));
  await sweep();
  await changeExperiment(ports, experiment.id, (before) => {
    requireStage(before, from);
    const audit = [trackingAudit(actor, eventType, { experimentId: before.id, name: before.name })];
    return { after: { ...before, stage: to, updatedAt: actor.now }, audit };
  });
  // Runs that were created in between.
  await sweep();
}
