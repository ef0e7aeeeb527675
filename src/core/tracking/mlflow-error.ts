import { AresError, type ErrorData } from '../ares-error.ts';

/** MLflow's error codes that are in use here, and the HTTP status the genuine server gives each. */
export const MLFLOW_STATUS = {
  BAD_REQUEST: 400,
  INVALID_PARAMETER_VALUE: 400,
  INVALID_STATE: 500,
  RESOURCE_ALREADY_EXISTS: 400,
  RESOURCE_DOES_NOT_EXIST: 404,
  ENDPOINT_NOT_FOUND: 404,
  NOT_IMPLEMENTED: 501,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  REQUEST_LIMIT_EXCEEDED: 429,
  RESOURCE_CONFLICT: 409,
  TEMPORARILY_UNAVAILABLE: 503,
  INTERNAL_ERROR: 500,
} as const;

export type MlflowCode = keyof typeof MLFLOW_STATUS;

/** An answer that an MLflow client understands: `{ error_code, message }` with the code's HTTP status. */
export class MlflowError extends AresError {
  declare readonly code: MlflowCode;

  constructor(code: MlflowCode, message: string, data: ErrorData = {}, cause?: unknown) {
    super(code, message, data, cause);
    this.name = 'MlflowError';
  }
}
