import { changeExperiment } from './change-experiment.ts';
import { checkExperimentTag } from './check-experiment.ts';
import type { Experiment } from './experiment.ts';
import { INDEXED_METRICS_TAG, parseIndexedMetrics } from './indexed-metrics.ts';
import { MlflowError } from './mlflow-error.ts';
import { requireActive } from './read-experiment.ts';
import type { RunDocument } from './run-document.ts';
import type { KeyValue } from './run-tag.ts';
import { sweepRuns } from './sweep-runs.ts';
import type { TrackingPorts } from './tracking-ports.ts';

type Tags = Experiment['tags'];

/** @throws MlflowError RESOURCE_DOES_NOT_EXIST, INVALID_PARAMETER_VALUE for a wrong tag or a deleted experiment */
export async function setExperimentTag(
  ports: TrackingPorts,
  experimentId: string,
  { key, value }: KeyValue,
): Promise<void> {
  checkExperimentTag(key, value);
  await retag(ports, experimentId, key, (tags) => [...tags.filter(([known]) => known !== key), [key, value]]);
}

/** @throws MlflowError RESOURCE_DOES_NOT_EXIST also without such a tag, INVALID_PARAMETER_VALUE for a deleted experiment */
export async function deleteExperimentTag(ports: TrackingPorts, experimentId: string, key: string): Promise<void> {
  await retag(ports, experimentId, key, (tags, id) => {
    const left = tags.filter(([known]) => known !== key);
    if (left.length < tags.length) return left;
    throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `No tag with name: ${key} in experiment with id ${id}`);
  });
}

async function retag(
  ports: TrackingPorts,
  experimentId: string,
  key: string,
  change: (tags: Tags, id: string) => Tags,
): Promise<void> {
  const after = await changeExperiment(ports, experimentId, (before) => {
    requireActive(before);
    const tags = change(before.tags, before.id);
    // Until all runs can be found by a metric, searches must not rely on it.
    const indexed = parseIndexedMetrics(tags).filter((metric) => before.indexed.includes(metric));
    return { after: { ...before, tags, indexed } };
  });
  if (key === INDEXED_METRICS_TAG) await reindex(ports, after);
}

/** Gives all runs the pointers of the metrics that the experiment declares now; cut off, the same tag can be set again. */
async function reindex(ports: TrackingPorts, { id, tags }: Experiment): Promise<void> {
  const indexed = parseIndexedMetrics(tags);
  const text = indexed.join();
  const change = (run: RunDocument) => (run.indexed.join() === text ? run : { ...run, indexed });
  await sweepRuns(ports, id, 'active', change);
  await sweepRuns(ports, id, 'deleted', change);
  // Runs that were created meanwhile by what the experiment declared before.
  await sweepRuns(ports, id, 'active', change);
  await changeExperiment(ports, id, (before) => ({
    after: { ...before, indexed: parseIndexedMetrics(before.tags).join() === text ? indexed : before.indexed },
  }));
}
