import { keys } from '../ledger-keys.ts';
import type { Ledger } from '../ports/ledger.ts';
import { artifactRoot } from './artifact-root.ts';
import type { Experiment } from './experiment.ts';
import { parseIndexedMetrics } from './indexed-metrics.ts';
import { newExperiment } from './put-experiment.ts';
import type { TrackingPorts } from './tracking-ports.ts';

/** `Default` is MLflow's, for runs without an experiment; the other one is where Ares' own examples log. */
const DEFAULTS = [
  { id: '0', name: 'Default' },
  { id: '1', name: 'Ares_Trading' },
] as const;

const ensured = new WeakMap<Ledger, Promise<void>>();

/** Creates the experiments that exist from the first use on; looks only once a process. */
export function ensureDefaultExperiments(ports: TrackingPorts): Promise<void> {
  const known = ensured.get(ports.ledger);
  if (known) return known;
  const looking = createMissing(ports);
  ensured.set(ports.ledger, looking);
  // Who comes after a failure tries again.
  looking.catch(() => ensured.delete(ports.ledger));
  return looking;
}

async function createMissing(ports: TrackingPorts): Promise<void> {
  for (const { id, name } of DEFAULTS) {
    if (await ports.ledger.get(keys.experiment(id))) continue;
    const now = ports.wallClock.now();
    const artifactLocation = artifactRoot(id);
    const experiment: Experiment = {
      id,
      name,
      artifactLocation,
      stage: 'active',
      createdAt: now,
      updatedAt: now,
      tags: [],
      indexed: parseIndexedMetrics([]),
    };
    // A conflict is another process that was faster, or a person who had the name before: both are well.
    await ports.ledger.commit({
      token: `experiment:${id}:${name}`,
      writes: newExperiment(experiment),
      audit: [],
      events: [],
    });
  }
}
