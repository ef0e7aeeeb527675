import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { AresError } from '../../core/ares-error.ts';
import type { CommittedEvent } from '../../core/events/relay-committed.ts';
import { OUTBOX_PREFIX } from './ledger-tables.ts';
import { readOutboxItem } from './read-outbox-item.ts';

/** A record without a sequence number could not be reported as failed, so it makes the batch invalid; everything else is looked at one by one. */
const batchSchema = z.object({
  Records: z.array(
    z.object({
      eventName: z.string(),
      dynamodb: z.object({
        SequenceNumber: z.string().min(1),
        Keys: z.object({ pk: z.object({ S: z.string() }) }),
        NewImage: z.record(z.string(), z.unknown()).optional(),
      }),
    }),
  ),
});

/**
 * The new items of the outbox in what Lambda hands over from the state table's stream; changes and removals, and items of others, are left out.
 *
 * @throws AresError `EVENT_INVALID` when it is no batch of a DynamoDB stream
 */
export function parseOutboxStream(event: unknown): readonly CommittedEvent[] {
  const parsed = batchSchema.safeParse(event);
  if (!parsed.success) {
    throw new AresError(
      'EVENT_INVALID',
      `the relay must be given records of a DynamoDB stream: ${z.prettifyError(parsed.error)}`,
    );
  }
  const added = parsed.data.Records.filter(
    ({ eventName, dynamodb }) => eventName === 'INSERT' && dynamodb.Keys.pk.S.startsWith(OUTBOX_PREFIX),
  );
  return added.map(({ dynamodb: { SequenceNumber: position, NewImage } }) => {
    if (!NewImage) {
      return {
        position,
        unreadable:
          'the stream must bring new images, brought none: its view type must be NEW_IMAGE or NEW_AND_OLD_IMAGES',
      };
    }
    // What is no attribute value is found out when it is read.
    return { position, ...readOutboxItem(NewImage as Record<string, AttributeValue>) };
  });
}
