import { AresError } from '../../src/core/ares-error.ts';

/** An error as Binance answers it: an HTTP status with a code and a message of its own. */
export class ApiError extends AresError {
  readonly status: number;
  readonly apiCode: number;
  /** Seconds, for 429 and 418. */
  readonly retryAfter: number | undefined;

  /** What the answer says besides code and message. */
  readonly details: object | undefined;

  constructor(status: number, apiCode: number, message: string, retryAfter?: number, details?: object) {
    super('EXCHANGE_ANSWER', message, { status, apiCode });
    this.status = status;
    this.apiCode = apiCode;
    this.retryAfter = retryAfter;
    this.details = details;
  }
}

/** A request that is wrong in itself. */
export const badRequest = (apiCode: number, message: string): ApiError => new ApiError(400, apiCode, message);
