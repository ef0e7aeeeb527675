import { keys } from '../ledger-keys.ts';
import { ensureDefaultExperiments } from './ensure-default-experiments.ts';
import { type Experiment, experimentOf } from './experiment.ts';
import { MlflowError } from './mlflow-error.ts';
import { parseExperimentId } from './parse-experiment-id.ts';
import type { TrackingPorts } from './tracking-ports.ts';

interface StoredExperiment {
  readonly experiment: Experiment;
  readonly version: number;
}

const missing = (id: string): never => {
  throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `No Experiment with id=${id} exists`);
};

/**
 * An experiment, deleted or not.
 *
 * @throws MlflowError RESOURCE_DOES_NOT_EXIST, INVALID_PARAMETER_VALUE when the id is no number
 */
export async function readExperiment(ports: TrackingPorts, experimentId: string): Promise<StoredExperiment> {
  const id = parseExperimentId(experimentId);
  await ensureDefaultExperiments(ports);
  const item = await ports.ledger.get(keys.experiment(id));
  return item ? { experiment: experimentOf(item), version: item.version } : missing(id);
}

/** @throws MlflowError RESOURCE_DOES_NOT_EXIST */
export async function readExperimentByName(ports: TrackingPorts, name: string): Promise<Experiment> {
  await ensureDefaultExperiments(ports);
  const claim = await ports.ledger.get(keys.experimentName(name));
  const item = claim && (await ports.ledger.get(keys.experiment(String(claim.value.id))));
  if (item) return experimentOf(item);
  throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `Could not find experiment with name '${name}'`);
}

/** @throws MlflowError RESOURCE_DOES_NOT_EXIST unless the experiment is in this stage */
export function requireStage(experiment: Experiment, stage: Experiment['stage']): void {
  if (experiment.stage !== stage) missing(experiment.id);
}

/** @throws MlflowError INVALID_PARAMETER_VALUE for a deleted experiment */
export function requireActive({ id, stage }: Experiment): void {
  if (stage === 'active') return;
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `The experiment ${id} must be in the 'active' state. Current state is ${stage}.`,
  );
}
