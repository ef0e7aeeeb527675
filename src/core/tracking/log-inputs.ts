import { changeRun } from './change-run.ts';
import { checkLength } from './check-entity.ts';
import { checkRunId } from './read-run.ts';
import type { DatasetInput, RunDocument } from './run-document.ts';
import type { TrackingPorts } from './tracking-ports.ts';

const MAX_NAME = 500;
const MAX_DIGEST = 36;
const MAX_SOURCE = 65_535;
const MAX_SCHEMA = 1_048_575;
const MAX_PROFILE = 16_777_215;
const MAX_TAG_KEY = 255;
const MAX_TAG_VALUE = 500;

/**
 * Says what a run read: data sets, each once by name and digest, and logged models.
 *
 * @throws MlflowError RESOURCE_DOES_NOT_EXIST, INVALID_PARAMETER_VALUE
 */
export async function logInputs(
  ports: TrackingPorts,
  runId: string,
  inputs: { readonly datasets: readonly DatasetInput[]; readonly modelIds: readonly string[] },
): Promise<void> {
  checkRunId(runId);
  inputs.datasets.forEach(checkDataset);
  await changeRun(ports, runId, { change: (run) => withInputs(run, inputs.datasets, inputs.modelIds) });
}

function checkDataset({ name, digest, source, schema = '', profile = '', tags }: DatasetInput): void {
  checkLength('name', name, MAX_NAME);
  checkLength('digest', digest, MAX_DIGEST);
  checkLength('source', source, MAX_SOURCE);
  checkLength('schema', schema, MAX_SCHEMA);
  checkLength('profile', profile, MAX_PROFILE);
  for (const [key, value] of tags) {
    checkLength('key', key, MAX_TAG_KEY);
    checkLength('value', value, MAX_TAG_VALUE);
  }
}

const identity = ({ name, digest }: DatasetInput): string => JSON.stringify([name, digest]);

function withInputs(run: RunDocument, datasets: readonly DatasetInput[], modelIds: readonly string[]): RunDocument {
  const known = new Map(run.datasets.map((dataset) => [identity(dataset), dataset]));
  for (const dataset of datasets) if (!known.has(identity(dataset))) known.set(identity(dataset), dataset);
  const models = new Set([...run.modelInputs, ...modelIds]);
  if (known.size === run.datasets.length && models.size === run.modelInputs.length) return run;
  return { ...run, datasets: [...known.values()], modelInputs: [...models] };
}
