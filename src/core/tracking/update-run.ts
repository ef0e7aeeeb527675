import { changeRun } from './change-run.ts';
import type { RunDocument, RunStatus } from './run-document.ts';
import { checkTag, RUN_NAME_TAG } from './run-tag.ts';
import { withTags } from './run-tags.ts';
import type { TrackingPorts } from './tracking-ports.ts';

/**
 * Sets a run's status, end and name; what is not given stays.
 *
 * @throws MlflowError RESOURCE_DOES_NOT_EXIST, INVALID_PARAMETER_VALUE for a deleted run
 */
export async function updateRun(
  ports: TrackingPorts,
  runId: string,
  request: {
    readonly status?: RunStatus | undefined;
    /** Milliseconds. */
    readonly endTime?: number | undefined;
    readonly name?: string | undefined;
  },
): Promise<RunDocument> {
  const name = request.name ? [checkTag({ key: RUN_NAME_TAG, value: request.name })] : [];
  return changeRun(ports, runId, {
    change: (run) => {
      const { status = run.status, endTime = run.endTime } = request;
      const named = withTags(run, name);
      return status === run.status && endTime === run.endTime ? named : { ...named, status, endTime };
    },
  });
}
