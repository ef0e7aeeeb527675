import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { EventEnvelope } from '../../core/events/envelope.ts';
import { sortable } from '../../core/ledger-keys.ts';
import { epochMillis } from '../../core/ports/clock.ts';
import type { Outbox } from '../../core/ports/ledger.ts';
import { batchWrite } from './batch-write.ts';
import { dynamoError } from './dynamo-error.ts';
import { type Attributes, keyAttributes } from './dynamo-item.ts';
import type { DynamoOptions } from './dynamo-options.ts';
import { ledgerTable } from './ledger-tables.ts';
import { readOutboxItem } from './read-outbox-item.ts';
import { eventKey, PENDING_EVENTS } from './transaction-items.ts';

/** Later than any commit, and fifteen digits like all of them. */
const NO_BOUND = epochMillis(999_999_999_999_999);
const MOST_A_QUERY = 1_000;

export interface DynamoOutboxOptions extends DynamoOptions {
  /** Told of an item that holds no event: it is passed over, so that it holds up no other. */
  readonly onUnreadable?: (reason: string) => void;
}

/** The outbox that commits of {@link createDynamoLedger} on the same tables fill; the index behind it may lag by some milliseconds. */
export function createDynamoOutbox(options: DynamoOutboxOptions): Outbox {
  const { client, tables, onUnreadable } = options;
  const { name, partitionKey, sortKey } = ledgerTable.index;

  const page = async (before: number, limit: number, from: Attributes | undefined) => {
    try {
      return await client.send(
        new QueryCommand({
          TableName: tables.state,
          IndexName: name,
          KeyConditionExpression: '#group = :pending AND #range < :before',
          ExpressionAttributeNames: { '#group': partitionKey, '#range': sortKey },
          ExpressionAttributeValues: marshall({ ':pending': PENDING_EVENTS, ':before': sortable(before) }),
          Limit: Math.min(limit, MOST_A_QUERY),
          ExclusiveStartKey: from,
        }),
      );
    } catch (error) {
      throw dynamoError(error);
    }
  };

  return {
    async pending(limit, { committedBefore = NO_BOUND } = {}) {
      const events: EventEnvelope[] = [];
      let from: Attributes | undefined;
      do {
        const answer = await page(committedBefore, limit - events.length, from);
        for (const attributes of answer.Items ?? []) {
          const read = readOutboxItem(attributes);
          if ('event' in read) events.push(read.event);
          else onUnreadable?.(read.unreadable);
        }
        from = answer.LastEvaluatedKey;
      } while (from && events.length < limit);
      return events;
    },

    async markPublished(ids) {
      const requests = [...new Set(ids)].map((id) => ({
        table: tables.state,
        request: { DeleteRequest: { Key: keyAttributes(eventKey(id)) } },
      }));
      await batchWrite(options, requests);
    },
  };
}
