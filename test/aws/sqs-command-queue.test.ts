import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, test } from 'vitest';
import { createSqsCommandQueue } from '../../src/adapters/aws/sqs-command-queue.ts';
import { eventBridgeEvent } from '../../src/core/events/event-bridge-event.ts';
import { commandQueueContract } from '../contract/command-queue/command-queue-contract.ts';
import { envelope } from '../contract/support/sample-commit.ts';
import { startMiniStack } from '../support/ministack/start-ministack.ts';
import { recordingLog } from '../support/recording-log.ts';
import { emulatedClient } from './support/emulated-client.ts';

const emulator = await startMiniStack();

/** A tenth of the deployed queue's 30 seconds, so that the suite need not wait them out. */
const VISIBILITY_SECONDS = 3;
const scaled = (ms: number) => (ms * VISIBILITY_SECONDS) / 30;

describe.skipIf(!emulator)('on the AWS emulator', () => {
  const client = new SQSClient(emulatedClient(emulator, { requestMs: 25_000 }));
  afterAll(async () => {
    client.destroy();
    await emulator?.stop();
  });

  async function newQueue(Attributes: Record<string, string> = {}): Promise<string> {
    const attributes = { VisibilityTimeout: String(VISIBILITY_SECONDS), ...Attributes };
    const created = await client.send(
      new CreateQueueCommand({ QueueName: `q-${randomUUID()}`, Attributes: attributes }),
    );
    return created.QueueUrl ?? '';
  }

  const sendText = async (queueUrl: string, text: string) =>
    void (await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: text })));
  const sendEvent = (queueUrl: string, event: Parameters<typeof eventBridgeEvent>[0]) =>
    sendText(queueUrl, JSON.stringify(eventBridgeEvent(event)));

  async function open(waitSeconds = 0) {
    const [queueUrl, neighbourUrl] = await Promise.all([newQueue(), newQueue()]);
    const log = recordingLog();
    const create = (url: string) => createSqsCommandQueue({ client, queueUrl: url, log, waitSeconds });
    return {
      queueUrl,
      queue: create(queueUrl),
      other: create(queueUrl),
      neighbour: create(neighbourUrl),
      send: (event: Parameters<typeof eventBridgeEvent>[0]) => sendEvent(queueUrl, event),
      pass: (ms: number) => sleep(scaled(ms)),
    };
  }

  commandQueueContract('SQS', () => open());

  test('waits for a command instead of asking again and again', async () => {
    const { queue, send } = await open(20);
    const waiting = queue.receive(10);
    await sleep(500);
    await send(envelope('e1'));
    expect((await waiting).map(({ event }) => event)).toEqual([envelope('e1')]);
  });

  test('a stop ends an open wait at once', async () => {
    const { queue } = await open(20);
    const stop = new AbortController();
    const waiting = queue.receive(10, stop.signal);
    await sleep(500);
    const began = performance.now();
    stop.abort('stopping');
    expect(await waiting).toEqual([]);
    expect(performance.now() - began).toBeLessThan(500);
  });

  test('understands what a rule of the event bus puts into it', async () => {
    const events = new EventBridgeClient(emulatedClient(emulator));
    const { queue, queueUrl } = await open(10);
    const names = { QueueUrl: queueUrl, AttributeNames: ['QueueArn' as const] };
    const { Attributes } = await client.send(new GetQueueAttributesCommand(names));
    const Name = `rule-${randomUUID()}`;
    await events.send(new PutRuleCommand({ Name, EventPattern: '{"source":["ares.models"]}' }));
    await events.send(new PutTargetsCommand({ Rule: Name, Targets: [{ Id: 'queue', Arn: Attributes?.QueueArn }] }));
    const { source, detailType, detail } = envelope('e1');
    const entry = { Source: source, DetailType: detailType, Detail: JSON.stringify(detail) };
    await events.send(new PutEventsCommand({ Entries: [entry] }));
    expect((await queue.receive(10)).map(({ event }) => event)).toEqual([envelope('e1')]);
    events.destroy();
  });

  test('a poison message hinders no other, is logged, and ends in the dead-letter queue', async () => {
    const deadUrl = await newQueue();
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: deadUrl, AttributeNames: ['QueueArn'] }),
    );
    const redrive = JSON.stringify({ deadLetterTargetArn: Attributes?.QueueArn, maxReceiveCount: 2 });
    const queueUrl = await newQueue({ VisibilityTimeout: '1', RedrivePolicy: redrive });
    const log = recordingLog();
    const queue = createSqsCommandQueue({ client, queueUrl, log, waitSeconds: 1 });
    const poison = [
      'not JSON',
      '{"source":"ares.models"}',
      JSON.stringify({ ...eventBridgeEvent(envelope('e0')), 'detail-type': 'NoSuchEvent' }),
      JSON.stringify({ ...eventBridgeEvent(envelope('e0')), detail: { metadata: {}, data: {} } }),
    ];
    for (const text of poison) await sendText(queueUrl, text);
    await sendEvent(queueUrl, envelope('e1'));
    const received: string[] = [];
    for (const deadline = Date.now() + 15_000; Date.now() < deadline && (await queue.depth()) > 0; await sleep(200)) {
      for (const command of await queue.receive(10)) {
        received.push(command.event.detail.metadata.id);
        await command.done();
      }
    }
    expect(received).toEqual(['e1']);
    const dead = new ReceiveMessageCommand({ QueueUrl: deadUrl, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await client.send(dead);
    expect(Messages.map(({ Body }) => Body).toSorted()).toEqual(poison.toSorted());
    const errors = log.lines.filter(({ level }) => level === 'error');
    expect(errors).toHaveLength(2 * poison.length);
    expect(JSON.stringify(errors)).toContain('NoSuchEvent');
  });

  test('says of a queue that is not there, and of an SQS that does not answer, which of them it is', async () => {
    const log = recordingLog();
    const absent = createSqsCommandQueue({ client, queueUrl: `${emulator?.endpoint}/000000000000/absent`, log });
    await expect(absent.receive(1)).rejects.toMatchObject({ code: 'COMMAND_QUEUE_REFUSED' });
    const nobody = new SQSClient({ ...emulatedClient(emulator, { maxAttempts: 1 }), endpoint: 'http://127.0.0.1:1' });
    const silent = createSqsCommandQueue({ client: nobody, queueUrl: 'http://127.0.0.1:1/0/any', log });
    await expect(silent.receive(1)).rejects.toMatchObject({ code: 'COMMAND_QUEUE_UNAVAILABLE' });
    await expect(silent.depth()).rejects.toMatchObject({ code: 'COMMAND_QUEUE_UNAVAILABLE' });
  });
});
