import { commitTracking } from './commit-tracking.ts';
import { parseIndexedMetrics } from './indexed-metrics.ts';
import { MlflowError } from './mlflow-error.ts';
import { randomName } from './random-name.ts';
import { readExperiment, requireActive } from './read-experiment.ts';
import type { RunDocument } from './run-document.ts';

import { checkTag, type KeyValue, RUN_NAME_TAG } from './run-tag.ts';
import { runWrites } from './run-writes.ts';
import type { TrackingPorts } from './tracking-ports.ts';

export interface NewRun {
  readonly experimentId: string;
  readonly user: string;
  /** Milliseconds. */
  readonly startTime: number;
  /** By the tag, or drawn, when empty. */
  readonly name: string;
  readonly tags: readonly KeyValue[];
}

/**
 * Begins a run in an experiment.
 *
 * @throws MlflowError BAD_REQUEST without an experiment, RESOURCE_DOES_NOT_EXIST, INVALID_PARAMETER_VALUE when the experiment is deleted or the two names differ
 */
export async function createRun(ports: TrackingPorts, request: NewRun): Promise<RunDocument> {
  const { experimentId, user, startTime } = request;
  if (experimentId === '')
    throw new MlflowError('BAD_REQUEST', 'a run must be of an experiment: its experiment_id was empty');
  const given = request.tags.map((tag, at) => checkTag(tag, `tags[${at}]`));
  const tags = new Map(given.map(({ key, value }) => [key, value]));
  const { experiment } = await readExperiment(ports, experimentId);
  requireActive(experiment);
  const name = nameOf(request.name, tags.get(RUN_NAME_TAG) ?? '') || randomName(ports.random);
  tags.set(RUN_NAME_TAG, name);
  const runId = ports.random.id();
  const run: RunDocument = {
    runId,
    experimentId: experiment.id,
    name,
    user,
    status: 'RUNNING',
    startTime,
    endTime: null,
    artifactUri: `${experiment.artifactLocation.replace(/\/+$/, '')}/${runId}/artifacts`,
    stage: 'active',
    metrics: {},
    params: {},
    tags: Object.fromEntries(tags),
    datasets: [],
    modelInputs: [],
    modelOutputs: [],
    indexed: parseIndexedMetrics(experiment.tags),
  };
  return commitTracking(ports, `the creation of run ${runId}`, async () => ({
    result: run,
    writes: runWrites(undefined, run, ports.wallClock.now()),
  }));
}

function nameOf(name: string, tag: string): string {
  if (name === '' || tag === '' || name === tag) return name || tag;
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${name}', mlflow.runName='${tag}').`,
  );
}
