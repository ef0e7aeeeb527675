import { AresError, messageOf } from '../../core/ares-error.ts';

const throttles: readonly string[] = [
  'ProvisionedThroughputExceededException',
  'ProvisionedThroughputExceeded',
  'ThrottlingException',
  'ThrottlingError',
  'RequestLimitExceeded',
];

export const isThrottle = (name: string): boolean => throttles.includes(name);

function statusOf(thrown: Error): number | undefined {
  const metadata: unknown = '$metadata' in thrown ? thrown.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

/**
 * Turns what the client throws after its own retries into a fault of the ledger; an AresError stays what it is.
 *
 * @returns AresError `LEDGER_THROTTLED`, `LEDGER_REFUSED` (DynamoDB answered no: permission, table, request) or `LEDGER_UNAVAILABLE` (nothing known)
 */
export function dynamoError(thrown: unknown): AresError {
  if (thrown instanceof AresError) return thrown;
  const name = thrown instanceof Error ? thrown.name : 'unknown';
  const reason = `${name}: ${messageOf(thrown)}`;
  if (isThrottle(name)) {
    return new AresError(
      'LEDGER_THROTTLED',
      `DynamoDB must take the request within a few tries, throttled all of them (${reason})`,
      { name },
      thrown,
    );
  }
  const status = thrown instanceof Error ? statusOf(thrown) : undefined;
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
