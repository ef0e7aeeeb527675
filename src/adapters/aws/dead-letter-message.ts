import type { Message } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { EventBridgeEvent } from '../../core/events/event-bridge-event.ts';

/** What one message of a function's dead-letter queue tells. */
export interface DeadLetterMessage {
  /** `note`: of a stream's batch, without its records; `unreadable`: nothing that could be tried again. */
  readonly kind: 'event' | 'note' | 'unreadable';
  readonly event: EventBridgeEvent | null;
  readonly attempts: number;
  readonly lastError: string;
}

const eventSchema = z.looseObject({
  id: z.string().min(1),
  source: z.string().min(1),
  'detail-type': z.string().min(1),
  time: z.string().min(1),
});

/**
 * What Lambda sends to an on-failure destination.
 *
 * Source: AWS Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations" and "Retain discarded batches for a DynamoDB event source".
 */
const destinationSchema = z.object({
  requestContext: z.object({ condition: z.string(), approximateInvokeCount: z.number().int().nonnegative() }),
  requestPayload: z.unknown().optional(),
  responsePayload: z.object({ errorType: z.string().optional(), errorMessage: z.string().optional() }).optional(),
  DDBStreamBatchInfo: z.object({ batchSize: z.number().int() }).optional(),
});

const asEvent = (value: unknown): EventBridgeEvent | null =>
  eventSchema.safeParse(value).success ? (value as EventBridgeEvent) : null;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const joined = (parts: readonly (string | undefined)[]): string => parts.filter((part) => part).join(': ');

function fromDestination(record: z.infer<typeof destinationSchema>): DeadLetterMessage {
  const { requestContext, requestPayload, responsePayload, DDBStreamBatchInfo: batch } = record;
  const attempts = requestContext.approximateInvokeCount;
  const failure = joined([requestContext.condition, responsePayload?.errorType, responsePayload?.errorMessage]);
  if (batch) {
    const lastError = `${failure}; of the ${batch.batchSize} records that were left, those still in the outbox are published by the sweeper: a replay only removes this note`;
    return { kind: 'note', event: null, attempts, lastError };
  }
  const event = asEvent(requestPayload);
  return { kind: event ? 'event' : 'unreadable', event, attempts, lastError: failure };
}

/** As EventBridge, its Scheduler and Lambda's own dead-letter queue name them. */
function fromAttributes(event: EventBridgeEvent | null, attributes: Message['MessageAttributes']): DeadLetterMessage {
  const text = (name: string) => attributes?.[name]?.StringValue;
  const retries = Number(text('RETRY_ATTEMPTS') ?? 0);
  const told = joined([
    text('ERROR_CODE') ?? text('ErrorCode'),
    text('EXHAUSTED_RETRY_CONDITION'),
    text('ERROR_MESSAGE') ?? text('ErrorMessage'),
  ]);
  return {
    kind: event ? 'event' : 'unreadable',
    event,
    attempts: Number.isInteger(retries) ? retries + 1 : 1,
    lastError: told || 'the message does not say why',
  };
}

/**
 * Reads a message whatever put it there: Lambda after its last attempt, a rule or the Scheduler that could not reach the function, or the relay's stream.
 *
 * Source: Amazon EventBridge User Guide, "Using dead-letter queues to process undelivered events"; EventBridge Scheduler User Guide, "Configuring a dead-letter queue".
 */
export function readDeadLetter({ Body = '', MessageAttributes }: Message): DeadLetterMessage {
  const body = parseJson(Body);
  const record = destinationSchema.safeParse(body);
  if (record.success) return fromDestination(record.data);
  const read = fromAttributes(asEvent(body), MessageAttributes);
  if (read.event) return read;
  const cut = MessageAttributes?.IS_PAYLOAD_TRUNCATED?.StringValue === 'true';
  const lastError = `${read.lastError}; ${cut ? 'the event was cut off' : 'the message holds no event'}, so it cannot be tried again: read it in the queue, then delete it there`;
  return { ...read, lastError };
}
