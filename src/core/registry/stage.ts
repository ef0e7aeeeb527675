import { MlflowError } from '../tracking/mlflow-error.ts';

export const STAGES = ['None', 'Staging', 'Production', 'Archived'] as const;

/** Where a version stands in its life, in MLflow's words. */
export type Stage = (typeof STAGES)[number];

/** Stages a version is used in; the others hold what is not yet or no longer used. */
export const ACTIVE_STAGES: readonly Stage[] = ['Staging', 'Production'];

/** @throws MlflowError INVALID_PARAMETER_VALUE; upper and lower case are the same */
export function parseStage(text: string): Stage {
  const stage = STAGES.find((known) => known.toLowerCase() === text.toLowerCase());
  if (stage) return stage;
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `Invalid Model Version stage: ${text}. Value must be one of ${STAGES.join(', ')}.`,
  );
}
