import * as z from 'zod';

/** By MLflow's own numbers. */
export const LOGGED_MODEL_STATUSES = [
  'LOGGED_MODEL_STATUS_UNSPECIFIED',
  'LOGGED_MODEL_PENDING',
  'LOGGED_MODEL_READY',
  'LOGGED_MODEL_UPLOAD_FAILED',
] as const;

export const loggedModelSchema = z.object({
  modelId: z.string(),
  experimentId: z.string(),
  name: z.string(),
  artifactLocation: z.string(),
  /** Milliseconds since 1970, as the next. */
  createdAt: z.number(),
  updatedAt: z.number(),
  status: z.enum(LOGGED_MODEL_STATUSES),
  lifecycleStage: z.enum(['active', 'deleted']),
  modelType: z.string(),
  sourceRunId: z.string(),
  params: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
});

/** A model that a run of MLflow 3 logged, as it is kept; its metrics are kept beside it. */
export type LoggedModel = z.infer<typeof loggedModelSchema>;

/** A metric as it is kept under the model it is about. */
export const loggedModelMetricSchema = z.object({
  key: z.string(),
  value: z.number(),
  /** Milliseconds since 1970. */
  timestamp: z.number(),
  step: z.number(),
  runId: z.string(),
  datasetName: z.string().optional(),
  datasetDigest: z.string().optional(),
  /** When it came here, and as which of its request: the order in which it is shown. */
  recordedAt: z.number(),
  position: z.number(),
});

export type LoggedModelMetric = z.infer<typeof loggedModelMetricSchema>;
