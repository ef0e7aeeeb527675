import type { TrackingPorts } from './tracking-ports.ts';

/** Where an experiment's artifacts are kept: through the API, or directly where clients can write there. */
export const artifactRoot = ({ artifactStore }: Pick<TrackingPorts, 'artifactStore'>, experimentId: string): string =>
  artifactStore.directRoot === undefined
    ? `mlflow-artifacts:/${experimentId}`
    : `${artifactStore.directRoot}/${experimentId}`;
