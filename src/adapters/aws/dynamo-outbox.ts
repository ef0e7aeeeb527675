import type { EventEnvelope } from '../../core/events/envelope.ts';
import type { JsonObject, Outbox } from '../../core/ports/ledger.ts';
import { batchWrite } from './batch-write.ts';
import { dynamoError } from './dynamo-error.ts';
import { keyAttributes } from './dynamo-item.ts';
import { dynamoLedgerReader } from './dynamo-ledger-reader.ts';
import type { DynamoOptions } from './dynamo-options.ts';
import { eventKey, PENDING_EVENTS } from './transaction-items.ts';

/** The outbox that commits of {@link createDynamoLedger} on the same tables fill; the index behind it may lag by some milliseconds. */
export function createDynamoOutbox(options: DynamoOptions): Outbox {
  const reader = dynamoLedgerReader(options);
  return {
    async pending(limit) {
      const page = await reader.query({ table: 'state', by: 'index', pk: PENDING_EVENTS, limit });
      return page.items.map((item) => item.value as JsonObject & EventEnvelope);
    },
    async markPublished(ids) {
      const requests = [...new Set(ids)].map((id) => ({
        table: options.tables.state,
        request: { DeleteRequest: { Key: keyAttributes(eventKey(id)) } },
      }));
      try {
        await batchWrite(options, requests);
      } catch (error) {
        throw dynamoError(error);
      }
    },
  };
}
