import { AresError, messageOf } from '../../core/ares-error.ts';
import { faultName, faultStatus } from './sdk-fault.ts';

/** As exceptions and as reasons of a cancelled transaction. */
const throttles: readonly string[] = [
  'ProvisionedThroughputExceededException',
  'ProvisionedThroughputExceeded',
  'Throttling',
  'ThrottlingException',
  'ThrottlingError',
  'ThrottledException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
];

export const isThrottle = (name: string): boolean => throttles.includes(name);

/**
 * Turns what the client throws after its own retries into a fault of the ledger; an AresError stays what it is.
 *
 * @returns AresError `LEDGER_THROTTLED`, `LEDGER_REFUSED` (DynamoDB answered no: permission, table, request) or `LEDGER_UNAVAILABLE` (nothing known)
 */
export function dynamoError(thrown: unknown): AresError {
  if (thrown instanceof AresError) return thrown;
  const name = faultName(thrown);
  const reason = `${name}: ${messageOf(thrown)}`;
  const status = faultStatus(thrown);
  if (isThrottle(name) || status === 429) {
    return new AresError(
      'LEDGER_THROTTLED',
      `DynamoDB must take the request within a few tries, throttled all of them (${reason})`,
      { name },
      thrown,
    );
  }
  if (status !== undefined && status >= 400 && status < 500) {
    return new AresError(
      'LEDGER_REFUSED',
      `DynamoDB must accept the request, answered ${status} (${reason})`,
      { name, status },
      thrown,
    );
  }
  return new AresError('LEDGER_UNAVAILABLE', `DynamoDB must answer, did not (${reason})`, { name }, thrown);
}
