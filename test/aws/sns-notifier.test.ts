import { randomUUID } from 'node:crypto';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, test } from 'vitest';
import { createSnsNotifier } from '../../src/adapters/aws/sns-notifier.ts';
import { notice, notifierContract } from '../contract/notifier/notifier-contract.ts';
import { startMiniStack } from '../support/ministack/start-ministack.ts';
import { emulatedClient } from './support/emulated-client.ts';

const emulator = await startMiniStack();

interface Delivery {
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes: Readonly<Record<string, { readonly Value: string }>>;
}

describe.skipIf(!emulator)('on the AWS emulator', () => {
  const client = new SNSClient(emulatedClient(emulator));
  const queues = new SQSClient(emulatedClient(emulator));
  afterAll(async () => {
    client.destroy();
    queues.destroy();
    await emulator?.stop();
  });

  /** A topic with a queue for a subscriber: what mail would show is read from there. */
  async function open(stage = 'paper') {
    const name = `alerts-${randomUUID()}`;
    const { TopicArn: topicArn = '' } = await client.send(new CreateTopicCommand({ Name: name }));
    const { QueueUrl } = await queues.send(new CreateQueueCommand({ QueueName: name }));
    const queueArn = topicArn.replace(':sns:', ':sqs:');
    await client.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn }));
    const deliveries = async (): Promise<readonly Delivery[]> => {
      const request = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 });
      const { Messages = [] } = await queues.send(request);
      return Messages.map(({ Body = '' }) => JSON.parse(Body) as Delivery);
    };
    return { deliveries, notifier: createSnsNotifier({ client, topicArn, stage }) };
  }

  notifierContract('SNS', async () => {
    const { deliveries, notifier } = await open();
    return {
      notifier,
      delivered: async () =>
        (await deliveries()).map(({ Subject, Message, MessageAttributes }) => ({
          severity: MessageAttributes.severity?.Value ?? '',
          subject: Subject,
          text: Message,
        })),
    };
  });

  test('the subject begins with the stage, and stays shorter than the 100 characters SNS allows', async () => {
    const { deliveries, notifier } = await open('live');
    await notifier.notify(notice({ subject: 'x'.repeat(99) }));
    const [{ Subject, MessageAttributes } = {}] = (await deliveries()) as Partial<Delivery>[];
    expect(Subject).toBe(`live ${'x'.repeat(94)}`);
    expect(MessageAttributes?.notice?.Value).toBe('event-1');
  });

  test('fails when nobody takes the notice, so that it is tried again', async () => {
    const topicArn = 'arn:aws:sns:us-east-1:000000000000:absent';
    await expect(createSnsNotifier({ client, topicArn, stage: 'paper' }).notify(notice())).rejects.toMatchObject({
      code: 'NOTICE_REFUSED',
      data: { notice: 'event-1', topicArn },
    });
  });
});
