/**
 * Where an experiment's artifacts are unless it names another place: through the API, so that a client needs nothing but its token. On AWS an experiment may name a folder of the bucket (`artifact_location=s3://…`), which
 * clients with credentials of their own write to directly.
 */
export const artifactRoot = (experimentId: string): string => `mlflow-artifacts:/${experimentId}`;
