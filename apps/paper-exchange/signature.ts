import { createHmac, timingSafeEqual } from 'node:crypto';
import { ApiError, badRequest } from './api-error.ts';
import { optionalInteger, type Parameters, requiredInteger, requiredText } from './parameters.ts';

export interface Credentials {
  readonly apiKey: string;
  readonly secret: string;
}

/** @throws ApiError -2014 without a usable key, -2015 with one that is not known */
export function checkApiKey(apiKey: string | undefined, credentials: Credentials): void {
  if (apiKey === undefined || apiKey === '') throw new ApiError(401, -2014, 'API-key format invalid.');
  if (apiKey !== credentials.apiKey) throw new ApiError(401, -2015, 'Invalid API-key, IP, or permissions for action.');
}

/**
 * Verifies who signed the request and when.
 *
 * @param payload what was signed: everything but the signature, as it was sent
 * @param wallTime the exchange's own wall time in ms
 * @throws ApiError -1102, -1131, -1021 or -1022
 */
export function checkSignature(payload: string, parameters: Parameters, secret: string, wallTime: number): void {
  const timestamp = requiredInteger(parameters, 'timestamp');
  const signature = requiredText(parameters, 'signature');
  const window = optionalInteger(parameters, 'recvWindow') ?? 5_000;
  if (window > 60_000) throw badRequest(-1131, 'recvWindow must be less than 60000');
  if (timestamp >= wallTime + 1_000) {
    throw badRequest(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
  }
  if (wallTime - timestamp > window) {
    throw badRequest(-1021, 'Timestamp for this request is outside of the recvWindow.');
  }
  const expected = createHmac('sha256', secret).update(payload).digest();
  const given = Buffer.from(signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw badRequest(-1022, 'Signature for this request is not valid.');
  }
}
