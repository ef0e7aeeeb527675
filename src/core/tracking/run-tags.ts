import { changeRun } from './change-run.ts';
import { MlflowError } from './mlflow-error.ts';
import type { RunDocument } from './run-document.ts';
import { checkTag, type KeyValue, RUN_NAME_TAG } from './run-tag.ts';
import type { TrackingPorts } from './tracking-ports.ts';

/** The run with these tags, the last of equal keys; its name follows its tag, which is never emptied. */
export function withTags(run: RunDocument, tags: readonly KeyValue[]): RunDocument {
  const known = new Map(Object.entries(run.tags));
  let changed = false;
  for (const { key, value } of tags) {
    if (known.get(key) === value || (key === RUN_NAME_TAG && value === '')) continue;
    known.set(key, value);
    changed = true;
  }
  if (!changed) return run;
  const name = tags.some(({ key }) => key === RUN_NAME_TAG) ? (known.get(RUN_NAME_TAG) ?? run.name) : run.name;
  return { ...run, name, tags: Object.fromEntries(known) };
}

/** @throws MlflowError RESOURCE_DOES_NOT_EXIST, INVALID_PARAMETER_VALUE */
export async function setRunTag(ports: TrackingPorts, runId: string, tag: KeyValue): Promise<void> {
  const checked = checkTag(tag);
  await changeRun(ports, runId, { change: (run) => withTags(run, [checked]) });
}

/** @throws MlflowError RESOURCE_DOES_NOT_EXIST also when the run has no such tag */
export async function deleteRunTag(ports: TrackingPorts, runId: string, key: string): Promise<void> {
  await changeRun(ports, runId, {
    change: (run) => {
      const left = Object.entries(run.tags).filter(([known]) => known !== key);
      if (left.length < Object.keys(run.tags).length) return { ...run, tags: Object.fromEntries(left) };
      throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `No tag with name: ${key} in run with id ${runId}`);
    },
  });
}
