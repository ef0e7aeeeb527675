import { keys } from '../ledger-keys.ts';
import { artifactRoot } from './artifact-root.ts';
import { checkArtifactLocation, checkExperimentName, checkExperimentTag } from './check-experiment.ts';
import { commitTracking } from './commit-tracking.ts';
import { ensureDefaultExperiments } from './ensure-default-experiments.ts';
import type { Experiment } from './experiment.ts';
import { parseIndexedMetrics } from './indexed-metrics.ts';
import { MlflowError } from './mlflow-error.ts';
import { newExperiment } from './put-experiment.ts';
import { type TrackingActor, trackingAudit } from './tracking-audit.ts';
import type { TrackingPorts } from './tracking-ports.ts';

/**
 * Creates an experiment under a name that no other has, not even a deleted one.
 *
 * @returns its id
 * @throws MlflowError RESOURCE_ALREADY_EXISTS, INVALID_PARAMETER_VALUE
 */
export async function createExperiment(
  ports: TrackingPorts,
  actor: TrackingActor,
  request: {
    readonly name: string;
    readonly artifactLocation?: string | undefined;
    readonly tags?: readonly { readonly key: string; readonly value: string }[];
  },
): Promise<string> {
  const { name, artifactLocation, tags = [] } = request;
  checkExperimentName(name);
  if (artifactLocation) checkArtifactLocation(artifactLocation);
  for (const { key, value } of tags) checkExperimentTag(key, value);
  const pairs = new Map(tags.map(({ key, value }) => [key, value]));
  const indexed = parseIndexedMetrics(pairs);
  await ensureDefaultExperiments(ports);
  return commitTracking(ports, `the creation of experiment ${name}`, async () => {
    if (await ports.ledger.get(keys.experimentName(name))) {
      throw new MlflowError('RESOURCE_ALREADY_EXISTS', `Experiment(name=${name}) already exists.`);
    }
    const now = ports.wallClock.now();
    const id = newId(ports.random.id());
    const experiment: Experiment = {
      id,
      name,
      artifactLocation: artifactLocation || artifactRoot(id),
      stage: 'active',
      createdAt: now,
      updatedAt: now,
      tags: [...pairs],
      indexed,
    };
    const audit = [trackingAudit(actor, 'ExperimentCreated', { experimentId: id, name })];
    return { result: id, writes: newExperiment(experiment), audit };
  });
}

/** 18 digits, within 64 bits: clients take an id for a number. Two that are equal would conflict, and one be drawn again. */
const newId = (hex: string): string => String(10n ** 17n + (BigInt(`0x${hex}`) % (9n * 10n ** 17n)));
