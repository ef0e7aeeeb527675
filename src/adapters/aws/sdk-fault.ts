import { AresError, messageOf } from '../../core/ares-error.ts';

/** The name AWS gives an error, like `NoSuchKey`. */
export const faultName = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : 'unknown');

/** The HTTP status of AWS's answer; `undefined` when there was none. */
export function faultStatus(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('$metadata' in thrown)) return undefined;
  const metadata: unknown = thrown.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

/** Answers of 4xx that mean "later": the same request may succeed. */
const LATER: readonly (number | undefined)[] = [408, 429];
const throttled = (name: string): boolean => /throttl|TooManyRequests|RequestLimit|SlowDown/i.test(name);

/**
 * Turns what a client throws after its own retries into a fault of the port it serves; an AresError stays what it is.
 *
 * @returns AresError `<port>_REFUSED` (AWS answered no: permission, name, request) or `<port>_UNAVAILABLE` (nothing known, or throttled)
 */
export function sdkFault(thrown: unknown, port: string, service: string): AresError {
  if (thrown instanceof AresError) return thrown;
  const name = faultName(thrown);
  const status = faultStatus(thrown);
  const reason = `${name}: ${messageOf(thrown)}`;
  if (status !== undefined && status >= 400 && status < 500 && !LATER.includes(status) && !throttled(name)) {
    const message = `${service} must accept the request, answered ${status} (${reason})`;
    return new AresError(`${port}_REFUSED`, message, { name, status }, thrown);
  }
  return new AresError(`${port}_UNAVAILABLE`, `${service} must answer, did not (${reason})`, { name }, thrown);
}
