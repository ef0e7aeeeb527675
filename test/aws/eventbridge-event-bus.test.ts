import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, describe } from 'vitest';
import { createEventBridgeEventBus } from '../../src/adapters/aws/eventbridge-event-bus.ts';
import { systemClocks } from '../../src/adapters/local/system-clocks.ts';
import {
  contractSubscriptions,
  type EventBusUnderTest,
  eventBusContract,
} from '../contract/event-bus/event-bus-contract.ts';
import { startMiniStack } from '../support/ministack/start-ministack.ts';

const emulator = await startMiniStack();

/** Goes to every queue after everything else: what has not come before it does not come. */
const LAST = 'test.last';

describe.skipIf(!emulator)('on the AWS emulator', () => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const service = { endpoint: emulator?.endpoint ?? '', region: 'us-east-1', credentials };
  const events = new EventBridgeClient(service);
  const queues = new SQSClient(service);
  let opened = 0;
  afterAll(async () => {
    events.destroy();
    queues.destroy();
    await emulator?.stop();
  });

  /** A queue that a rule of the bus fills. */
  async function targetQueue(busName: string, target: string, pattern: object | undefined): Promise<string> {
    const { QueueUrl = '' } = await queues.send(new CreateQueueCommand({ QueueName: `${busName}-${target}` }));
    const { Attributes = {} } = await queues.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const rules = { [`${target}-last`]: { source: [LAST] }, ...(pattern ? { [target]: pattern } : {}) };
    for (const [rule, EventPattern] of Object.entries(rules)) {
      const named = { EventBusName: busName, EventPattern: JSON.stringify(EventPattern) };
      await events.send(new PutRuleCommand({ Name: `${busName}-${rule}`, ...named }));
      const Targets = [{ Id: 'queue', Arn: Attributes.QueueArn ?? '' }];
      await events.send(new PutTargetsCommand({ Rule: `${busName}-${rule}`, EventBusName: busName, Targets }));
    }
    return QueueUrl;
  }

  /** What is in a queue, up to the last event. */
  async function drain(QueueUrl: string): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let ended = false; !ended; ) {
      const request = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 };
      const { Messages = [] } = await queues.send(new ReceiveMessageCommand(request));
      for (const { Body = '', ReceiptHandle = '' } of Messages) {
        const event = JSON.parse(Body);
        if (event.source === LAST) ended = true;
        else ids.push(event.detail.metadata.id);
        await queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
    return ids;
  }

  async function open(): Promise<EventBusUnderTest> {
    opened += 1;
    const busName = `bus-${opened}`;
    await events.send(new CreateEventBusCommand({ Name: busName }));
    const urls = new Map<string, string>();
    for (const { target, pattern } of contractSubscriptions) {
      urls.set(target, await targetQueue(busName, target, pattern));
    }
    return {
      bus: createEventBridgeEventBus({
        client: events,
        busName,
        timers: systemClocks.timers,
        random: { next: Math.random },
      }),
      async received() {
        const Entries = [{ EventBusName: busName, Source: LAST, DetailType: 'Last', Detail: '{}' }];
        await events.send(new PutEventsCommand({ Entries }));
        const found = new Set<string>();
        for (const [target, url] of urls) for (const id of await drain(url)) found.add(`${target} ${id}`);
        return found;
      },
    };
  }

  eventBusContract('the event bus on EventBridge', open);
});
