import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { AresError } from '../../core/ares-error.ts';
import { backOff, type DynamoOptions } from './dynamo-options.ts';

const CHUNK = 25;
const MAX_ATTEMPTS = 10;

/**
 * Sends any number of puts and deletes of one key each, chunk by chunk, until all are processed.
 *
 * @throws AresError `LEDGER_THROTTLED` when some stay unprocessed; what the client throws
 */
export async function batchWrite(
  options: DynamoOptions,
  requests: readonly { readonly table: string; readonly request: WriteRequest }[],
): Promise<void> {
  for (let at = 0; at < requests.length; at += CHUNK) {
    let left: Record<string, WriteRequest[]> = {};
    for (const { table, request } of requests.slice(at, at + CHUNK)) (left[table] ??= []).push(request);
    for (let attempt = 1; Object.keys(left).length > 0; attempt++) {
      if (attempt > MAX_ATTEMPTS) {
        throw new AresError('LEDGER_THROTTLED', `DynamoDB must write a batch within ${MAX_ATTEMPTS} tries, left some of it unprocessed in all of them`, {
          tables: Object.keys(left),
        });
      }
      if (attempt > 1) await backOff(options, attempt);
      const answer = await options.client.send(new BatchWriteItemCommand({ RequestItems: left }));
      left = answer.UnprocessedItems ?? {};
    }
  }
}
