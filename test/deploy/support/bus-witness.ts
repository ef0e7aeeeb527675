import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { DeleteMessageCommand, DeleteQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { Command } from '../../../src/core/events/command.ts';
import { type EventEnvelope, envelopeSchema } from '../../../src/core/events/envelope.ts';
import type { EventLog } from '../../../src/core/ports/event-log.ts';
import { openQueue } from './open-queue.ts';

const delivered = z.object({ source: z.string(), 'detail-type': z.string(), detail: z.unknown() });
const NAME = 'witness-of-the-test';

/** Sees what a bus carries, as any other consumer of it would. */
export interface BusWitness {
  /** Each catalogue event that the bus has carried, once, in the order of its arrival. */
  seen(): Promise<readonly EventEnvelope[]>;
  /** Whether it has carried what came of a command. */
  carried(command: Command): Promise<boolean>;
  /** The same as the record of what was published. */
  readonly eventLog: EventLog;
  leave(): Promise<void>;
}

export async function watchBus(bus: string): Promise<BusWitness> {
  const eventBridge = new EventBridgeClient();
  const sqs = new SQSClient();
  const { url: QueueUrl, arn: Arn } = await openQueue(sqs, NAME, 'events');
  const rule = { EventBusName: bus, Rule: NAME };
  const pattern = JSON.stringify({ source: [{ prefix: 'ares.' }] });
  await eventBridge.send(new PutRuleCommand({ Name: NAME, EventBusName: bus, EventPattern: pattern }));
  await eventBridge.send(new PutTargetsCommand({ ...rule, Targets: [{ Id: 'queue', Arn }] }));

  const events = new Map<string, EventEnvelope>();
  async function seen(): Promise<readonly EventEnvelope[]> {
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return [...events.values()];
      for (const { Body = '', ReceiptHandle } of Messages) {
        const { source, 'detail-type': detailType, detail } = delivered.parse(JSON.parse(Body));
        const event = envelopeSchema.safeParse({ source, detailType, detail });
        // What is no event of the catalogue was put on the bus by a test.
        if (event.success) events.set(event.data.detail.metadata.id, event.data);
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  }
  return {
    seen,
    carried: async ({ id, correlationId = id }) =>
      (await seen()).some(({ detail }) => detail.metadata.correlationId === correlationId),
    eventLog: {
      async recent({ limit, before = Number.POSITIVE_INFINITY }) {
        const logged = (await seen()).map((event, position) => ({ position, published: true, event }));
        return logged
          .filter(({ position }) => position < before)
          .toReversed()
          .slice(0, limit);
      },
    },
    async leave() {
      await eventBridge.send(new RemoveTargetsCommand({ ...rule, Ids: ['queue'] }));
      await eventBridge.send(new DeleteRuleCommand({ Name: NAME, EventBusName: bus }));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}
