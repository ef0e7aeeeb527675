import { AresError } from '../ares-error.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';

/** What a model's own bytes or figures are refused for. */
const OF_THE_MODEL = ['MODEL_INVALID', 'SIGNATURE_MISMATCH', 'REGISTRATION_INVALID'];

export const misfit = (reason: string): MlflowError =>
  new MlflowError('INVALID_PARAMETER_VALUE', `the model does not fit its slot: ${reason}. Nothing was registered.`);

/** Throws what a registration threw in the words of MLflow, where a client can do something about it; anything else as it is. */
export function throwAsMlflow(error: unknown): never {
  if (!(error instanceof AresError) || error instanceof MlflowError) throw error;
  if (!OF_THE_MODEL.includes(error.code)) throw error;
  throw new MlflowError('INVALID_PARAMETER_VALUE', `${error.message}. Nothing was registered.`, error.data, error);
}
