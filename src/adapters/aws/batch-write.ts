import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { AresError } from '../../core/ares-error.ts';
import { backOff } from './back-off.ts';
import { dynamoError } from './dynamo-error.ts';
import type { DynamoOptions } from './dynamo-options.ts';

export interface TableWrite {
  readonly table: string;
  readonly request: WriteRequest;
}

/** As many as DynamoDB takes in one request; with items of the largest size that is still below its 16 MB. */
const CHUNK = 25;
const MAX_ATTEMPTS = 10;

const byTable = (writes: readonly TableWrite[]): Record<string, WriteRequest[]> =>
  Object.fromEntries(
    [...Map.groupBy(writes, ({ table }) => table)].map(([table, group]) => [
      table,
      group.map(({ request }) => request),
    ]),
  );

const countOf = (requests: Record<string, WriteRequest[]>): number =>
  Object.values(requests).reduce((sum, group) => sum + group.length, 0);

/**
 * Sends any number of puts and deletes, each of another key, chunk by chunk, until all are processed.
 *
 * @throws AresError `LEDGER_THROTTLED` when some stay unprocessed, and the others of {@link dynamoError}; each tells in its data how many of
 * all were `written` for certain: the rest may be sent again, since a write of the same item changes nothing
 */
export async function batchWrite(options: DynamoOptions, writes: readonly TableWrite[]): Promise<void> {
  let written = 0;
  for (let at = 0; at < writes.length; at += CHUNK) {
    const chunk = writes.slice(at, at + CHUNK);
    let left = byTable(chunk);
    try {
      for (let attempt = 1; countOf(left) > 0; attempt++) {
        if (attempt > MAX_ATTEMPTS) {
          throw new AresError(
            'LEDGER_THROTTLED',
            `DynamoDB must write a batch within ${MAX_ATTEMPTS} tries, left ${countOf(left)} of ${chunk.length} items unprocessed in all of them`,
            { tables: Object.keys(left) },
          );
        }
        if (attempt > 1) await backOff(options, attempt);
        const answer = await options.client.send(new BatchWriteItemCommand({ RequestItems: left }));
        left = answer.UnprocessedItems ?? {};
      }
    } catch (error) {
      const { code, message, data, cause } = dynamoError(error);
      written += chunk.length - countOf(left);
      throw new AresError(code, message, { ...data, written, of: writes.length }, cause);
    }
    written += chunk.length;
  }
}
