import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { messageOf } from '../../core/ares-error.ts';
import { parseEvent } from '../../core/events/catalogue.ts';
import type { EventEnvelope } from '../../core/events/envelope.ts';
import type { CommandQueue, ReceivedCommand } from '../../core/ports/command-queue.ts';
import type { Log } from '../../core/ports/log.ts';
import { faultName, sdkFault } from './sdk-fault.ts';

/** SQS gives no more at a time, and waits no longer. */
const MAX_MESSAGES = 10;
const MAX_WAIT_SECONDS = 20;

/** What a rule of EventBridge puts into a queue, as far as it is looked at. */
const bodySchema = z.object({ source: z.string(), 'detail-type': z.string(), detail: z.unknown() });

function parseBody(body: string): EventEnvelope {
  const { source, 'detail-type': detailType, detail } = bodySchema.parse(JSON.parse(body));
  const { metadata, data } = parseEvent(source, detailType, detail);
  return { source, detailType, detail: { metadata, data } };
}

interface SqsCommandQueueOptions {
  /** Its requests must be allowed to take longer than `waitSeconds`. */
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly log: Log;
  /** How long one `receive` waits for a command, 0 to 20. */
  readonly waitSeconds?: number;
}

/**
 * An SQS queue that a rule of the event bus fills.
 *
 * A message that is no event of the catalogue is left where it is: received in vain as often as the queue allows, it moves to the dead-letter queue, and does not hinder the others.
 */
export function createSqsCommandQueue({
  client,
  queueUrl,
  log,
  waitSeconds = MAX_WAIT_SECONDS,
}: SqsCommandQueueOptions): CommandQueue {
  const fault = (error: unknown) => sdkFault(error, 'COMMAND_QUEUE', 'SQS');

  function commandOf({ Body, MessageId, ReceiptHandle, Attributes }: Message): readonly ReceivedCommand[] {
    let event: EventEnvelope;
    try {
      event = parseBody(Body ?? '');
    } catch (error) {
      log.error('a command was not understood and stays in the queue until it is a dead letter', {
        messageId: MessageId,
        received: Attributes?.ApproximateReceiveCount,
        error: messageOf(error),
      });
      return [];
    }
    const done = async (): Promise<void> => {
      try {
        await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
      } catch (error) {
        // AWS documents success for a message that is gone; the emulator refuses the handle. Either way nothing is left to do, and a message that is not gone comes again.
        if (faultName(error) !== 'ReceiptHandleIsInvalid') throw fault(error);
      }
    };
    return [{ event, done }];
  }

  return {
    async receive(max, signal) {
      if (signal?.aborted) return [];
      const request = new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(max, MAX_MESSAGES),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      });
      try {
        const { Messages = [] } = await client.send(request, signal ? { abortSignal: signal } : {});
        return Messages.flatMap(commandOf);
      } catch (error) {
        if (signal?.aborted) return [];
        throw fault(error);
      }
    },
    async depth() {
      try {
        const { Attributes = {} } = await client.send(
          new GetQueueAttributesCommand({
            QueueUrl: queueUrl,
            AttributeNames: [
              'ApproximateNumberOfMessages',
              'ApproximateNumberOfMessagesNotVisible',
              'ApproximateNumberOfMessagesDelayed',
            ],
          }),
        );
        return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
      } catch (error) {
        throw fault(error);
      }
    },
  };
}
