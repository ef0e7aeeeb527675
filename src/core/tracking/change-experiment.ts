import type { AuditDraft, Write } from '../ports/ledger.ts';
import { commitTracking } from './commit-tracking.ts';
import type { Experiment } from './experiment.ts';
import { putExperiment } from './put-experiment.ts';
import { readExperiment } from './read-experiment.ts';
import type { TrackingPorts } from './tracking-ports.ts';

/**
 * Changes an experiment by what it is now.
 *
 * @param change gives the experiment as it shall be, and what else belongs into the commit; may be asked several times
 * @throws MlflowError RESOURCE_DOES_NOT_EXIST, TEMPORARILY_UNAVAILABLE, INVALID_PARAMETER_VALUE; what `change` throws
 */
export async function changeExperiment(
  ports: TrackingPorts,
  experimentId: string,
  change: (experiment: Experiment) =>
    | { readonly after: Experiment; readonly writes?: readonly Write[]; readonly audit?: readonly AuditDraft[] }
    | Promise<{
        readonly after: Experiment;
        readonly writes?: readonly Write[];
        readonly audit?: readonly AuditDraft[];
      }>,
): Promise<Experiment> {
  return commitTracking(ports, `a change of experiment ${experimentId}`, async () => {
    const { experiment, version } = await readExperiment(ports, experimentId);
    const { after, writes = [], audit = [] } = await change(experiment);
    return { result: after, writes: [putExperiment(after, version), ...writes], audit };
  });
}
