import { AresError, messageOf } from '../../../src/core/ares-error.ts';
import type { Log } from '../../../src/core/ports/log.ts';
import { MLFLOW_STATUS, type MlflowCode, MlflowError } from '../../../src/core/tracking/mlflow-error.ts';

/** Faults that pass: trying later is safe, and clients do. */
const PASSING: readonly string[] = ['LEDGER_CONTENDED', 'DATABASE_BUSY'];

function headersOf({ code, data }: MlflowError): Readonly<Record<string, string>> {
  if (code === 'UNAUTHENTICATED') return { 'www-authenticate': 'Bearer realm="ares"' };
  return code === 'REQUEST_LIMIT_EXCEEDED' ? { 'retry-after': String(data.retryAfter ?? 1) } : {};
}

const answer = (
  code: MlflowCode,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  status: number = MLFLOW_STATUS[code],
): Response => Response.json({ error_code: code, message }, { status, headers });

/** An error as MLflow's clients read it; what nobody expected is logged. */
export function mlflowAnswer(error: unknown, log: Log): Response {
  if (error instanceof MlflowError) return answer(error.code, error.message, headersOf(error));
  if (error instanceof AresError && PASSING.includes(error.code))
    return answer('TEMPORARILY_UNAVAILABLE', messageOf(error));
  log.error('a request could not be answered', { error });
  return answer('INTERNAL_ERROR', error instanceof AresError ? messageOf(error) : 'Internal error: the log says more.');
}
