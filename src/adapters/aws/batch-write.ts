import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { AresError } from '../../core/ares-error.ts';
import { backOff, type DynamoOptions } from './dynamo-options.ts';

export interface TableWrite {
  readonly table: string;
  readonly request: WriteRequest;
}

const CHUNK = 25;
const MAX_ATTEMPTS = 10;

const byTable = (writes: readonly TableWrite[]): Record<string, WriteRequest[]> =>
  Object.fromEntries(
    [...Map.groupBy(writes, ({ table }) => table)].map(([table, group]) => [
      table,
      group.map(({ request }) => request),
    ]),
  );

/**
 * Sends any number of puts and deletes, each of another key, chunk by chunk, until all are processed.
 *
 * @throws AresError `LEDGER_THROTTLED` when some stay unprocessed; what the client throws
 */
export async function batchWrite(options: DynamoOptions, writes: readonly TableWrite[]): Promise<void> {
  for (let at = 0; at < writes.length; at += CHUNK) {
    let left = byTable(writes.slice(at, at + CHUNK));
    for (let attempt = 1; Object.keys(left).length > 0; attempt++) {
      if (attempt > MAX_ATTEMPTS) {
        throw new AresError(
          'LEDGER_THROTTLED',
          `DynamoDB must write a batch within ${MAX_ATTEMPTS} tries, left some of it unprocessed in all of them`,
          { tables: Object.keys(left) },
        );
      }
      if (attempt > 1) await backOff(options, attempt);
      const answer = await options.client.send(new BatchWriteItemCommand({ RequestItems: left }));
      left = answer.UnprocessedItems ?? {};
    }
  }
}
