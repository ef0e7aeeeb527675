import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createSqsDeadLetters } from '../../src/adapters/aws/sqs-dead-letters.ts';
import { eventBridgeEvent } from '../../src/core/events/event-bridge-event.ts';
import { deadLettersContract } from '../contract/dead-letters/dead-letters-contract.ts';
import { startMiniStack } from '../support/ministack/start-ministack.ts';
import { candidateRegistered } from '../support/sample-event.ts';

interface Invocation {
  readonly path: string;
  readonly type: string;
  readonly event: { readonly id: string };
}

/** Takes what Lambda would be asked to run, and answers as it is told to. */
async function startLambda() {
  const invocations: Invocation[] = [];
  const answer = { status: 202 };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (answer.status === 202) {
      const event = JSON.parse(Buffer.concat(chunks).toString());
      invocations.push({ path: request.url ?? '', type: String(request.headers['x-amz-invocation-type']), event });
    }
    response.writeHead(answer.status, { 'x-amzn-errortype': 'ServiceException' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { endpoint, invocations, answer, stop: () => server.close() };
}

const emulator = await startMiniStack();

describe.skipIf(!emulator)('on the AWS emulator', async () => {
  const lambda = await startLambda();
  const account = {
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const sqs = new SQSClient({ ...account, endpoint: emulator?.endpoint ?? '' });
  const functions = ['check-promotion', 'relay-outbox', 'never-deployed'];
  let opened = 0;
  let prefix = '';

  afterAll(async () => {
    lambda.stop();
    await emulator?.stop();
  });
  beforeEach(() => {
    lambda.invocations.length = 0;
    lambda.answer.status = 202;
  });

  const open = async () => {
    opened += 1;
    prefix = `ares-t${opened}-`;
    for (const name of functions.slice(0, 2))
      await sqs.send(new CreateQueueCommand({ QueueName: `${prefix}${name}-dead-letters` }));
    const client = new LambdaClient({ ...account, endpoint: lambda.endpoint, maxAttempts: 1 });
    return createSqsDeadLetters({ sqs, lambda: client, prefix, functions });
  };
  const send = (target: string, body: unknown, attributes: Record<string, string> = {}) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: `${emulator?.endpoint}/000000000000/${prefix}${target}-dead-letters`,
        MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
        ),
      }),
    );
  const failed = (eventId: string, errorMessage: string) => ({
    version: '1.0',
    timestamp: '2026-11-01T00:00:00.000Z',
    requestContext: { requestId: 'r', functionArn: 'arn', condition: 'RetriesExhausted', approximateInvokeCount: 3 },
    requestPayload: eventBridgeEvent(candidateRegistered(eventId)),
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorType: 'AresError', errorMessage, trace: [] },
  });
  const batch = {
    requestContext: {
      requestId: 'r',
      functionArn: 'arn',
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 4,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: '2026-11-01T00:00:00.000Z',
    DDBStreamBatchInfo: {
      shardId: 's',
      startSequenceNumber: '1',
      endSequenceNumber: '2',
      batchSize: 2,
      streamArn: 'arn',
    },
  };

  deadLettersContract('SQS', async () => ({
    deadLetters: await open(),
    // Messages of one millisecond have no order.
    bury: async (eventId, error) => {
      await send('check-promotion', failed(eventId, error));
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
    triedAgain: async () => lambda.invocations.map(({ event }) => event.id),
  }));

  test('starts the function of the queue asynchronously, with the event as it came', async () => {
    const deadLetters = await open();
    await send('check-promotion', failed('a', 'no'));
    await deadLetters.replay('all');
    expect(lambda.invocations).toEqual([
      {
        path: `/2015-03-31/functions/${prefix}check-promotion/invocations`,
        type: 'Event',
        event: eventBridgeEvent(candidateRegistered('a')),
      },
    ]);
  });

  test('keeps an event that Lambda did not take, and shows it to the next who asks', async () => {
    const deadLetters = await open();
    await send('check-promotion', failed('a', 'no'));
    lambda.answer.status = 500;
    await expect(deadLetters.replay('all')).rejects.toMatchObject({ code: 'DEAD_LETTERS_UNAVAILABLE' });
    lambda.answer.status = 202;
    expect(await deadLetters.dead()).toHaveLength(1);
    expect(await deadLetters.replay('all')).toEqual({ replayed: 1, dismissed: 0 });
  });

  test('replays what a rule or the Scheduler could not bring to its function', async () => {
    const deadLetters = await open();
    await send('check-promotion', eventBridgeEvent(candidateRegistered('of-a-rule')), {
      RULE_ARN: 'arn:aws:events:us-east-1:000000000000:rule/r',
      ERROR_CODE: 'NO_PERMISSIONS',
      ERROR_MESSAGE: 'not authorized',
      RETRY_ATTEMPTS: '2',
    });
    expect(await deadLetters.dead()).toMatchObject([
      { event: { id: 'of-a-rule' }, attempts: 3, lastError: 'NO_PERMISSIONS: not authorized' },
    ]);
    expect(await deadLetters.replay('all')).toEqual({ replayed: 1, dismissed: 0 });
  });

  test('takes away the note of a batch of the stream, and says that the sweeper publishes what is left', async () => {
    const deadLetters = await open();
    await send('relay-outbox', batch);
    expect(await deadLetters.dead()).toMatchObject([
      { target: 'relay-outbox', event: null, lastError: expect.stringContaining('published by the sweeper') },
    ]);
    expect(await deadLetters.replay('all')).toEqual({ replayed: 0, dismissed: 1 });
    expect(lambda.invocations).toEqual([]);
    expect(await deadLetters.dead()).toEqual([]);
  });

  test('leaves a message that holds no event for people to look at', async () => {
    const deadLetters = await open();
    await send('check-promotion', 'not an event');
    await send('check-promotion', '{"id":"half an ev', { IS_PAYLOAD_TRUNCATED: 'true', ERROR_CODE: 'X' });
    expect(await deadLetters.replay('all')).toEqual({ replayed: 0, dismissed: 0 });
    const dead = await deadLetters.dead();
    expect(dead.map(({ lastError }) => lastError).join()).toMatch(/holds no event.*cut off|cut off.*holds no event/);
  });

  test('says so when there are no queues of this stage at all', async () => {
    const nowhere = createSqsDeadLetters({
      sqs,
      lambda: new LambdaClient({ ...account, endpoint: lambda.endpoint }),
      prefix: 'ares-nowhere-',
      functions,
    });
    await expect(nowhere.dead()).rejects.toMatchObject({ code: 'DEAD_LETTERS_MISSING' });
  });
});
