import { SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { DeleteQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { eventually } from '../../support/eventually.ts';
import { openQueue } from './open-queue.ts';

const NAME = 'listener-of-the-test';

/** Subscribes to a topic beside the people, to see what they are told. */
export async function listenTo(topicArn: string) {
  const sqs = new SQSClient();
  const sns = new SNSClient();
  const { url: QueueUrl, arn: Endpoint } = await openQueue(sqs, NAME, 'sns');
  const subscription = { TopicArn: topicArn, Protocol: 'sqs', Endpoint };
  const { SubscriptionArn } = await sns.send(new SubscribeCommand(subscription));
  return {
    hears: (text: string): Promise<string> =>
      eventually(
        `a notice that says ${text}`,
        async () => {
          const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
          return Messages.map(({ Body = '' }) => Body).find((body) => body.includes(text));
        },
        { withinMs: 60_000, everyMs: 500 },
      ),
    async leave(): Promise<void> {
      await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}
