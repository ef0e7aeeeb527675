import { keys } from '../ledger-keys.ts';
import type { Write } from '../ports/ledger.ts';
import { changeExperiment } from './change-experiment.ts';
import { checkExperimentName } from './check-experiment.ts';
import { MlflowError } from './mlflow-error.ts';
import { type TrackingActor, trackingAudit } from './tracking-audit.ts';
import type { TrackingPorts } from './tracking-ports.ts';

/**
 * Gives an experiment another name; the old one is free then.
 *
 * @throws MlflowError RESOURCE_ALREADY_EXISTS, RESOURCE_DOES_NOT_EXIST, INVALID_STATE for a deleted experiment
 */
export async function renameExperiment(
  ports: TrackingPorts,
  actor: TrackingActor,
  experimentId: string,
  name: string,
): Promise<void> {
  checkExperimentName(name);
  await changeExperiment(ports, experimentId, async (experiment) => {
    if (experiment.stage !== 'active') throw new MlflowError('INVALID_STATE', 'Cannot rename a non-active experiment.');
    const after = { ...experiment, name, updatedAt: actor.now };
    if (name === experiment.name) return { after };
    const details = { experimentId: experiment.id, from: experiment.name, to: name };
    return {
      after,
      writes: await claims(ports, experiment.name, name, experiment.id),
      audit: [trackingAudit(actor, 'ExperimentRenamed', details)],
    };
  });
}

async function claims({ ledger }: TrackingPorts, from: string, to: string, id: string): Promise<readonly Write[]> {
  if (await ledger.get(keys.experimentName(to))) {
    throw new MlflowError('RESOURCE_ALREADY_EXISTS', `Experiment(name=${to}) already exists.`);
  }
  const old = await ledger.get(keys.experimentName(from));
  const claim: Write = { kind: 'put', key: keys.experimentName(to), expected: 'absent', value: { id } };
  return old ? [{ kind: 'delete', key: old.key, expected: old.version }, claim] : [claim];
}
