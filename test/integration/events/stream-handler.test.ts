import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import type { LambdaContext } from '../../../src/compose/lambda-context.ts';
import { streamHandler } from '../../../src/compose/stream-handler.ts';
import { AresError } from '../../../src/core/ares-error.ts';
import type { EventEnvelope } from '../../../src/core/events/envelope.ts';
import { relayCommitted } from '../../../src/core/events/relay-committed.ts';
import type { EventBus } from '../../../src/core/ports/event-bus.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { candidateRegistered } from '../../support/sample-event.ts';

const context: LambdaContext = {
  functionName: 'relay-outbox',
  functionVersion: '1',
  memoryLimitInMB: '256',
  awsRequestId: 'r',
  logStreamName: 'instance-1',
  getRemainingTimeInMillis: () => 30_000,
};
const idOf = (event: EventEnvelope): string => event.detail.metadata.id;

const record = (position: string, value: string) => ({
  eventName: 'INSERT',
  dynamodb: {
    SequenceNumber: position,
    Keys: { pk: { S: `~outbox#${position}` }, sk: { S: 'event' } },
    NewImage: marshall({ pk: `~outbox#${position}`, sk: 'event', version: 1, value }),
  },
});
const good = (position: string) => record(position, JSON.stringify(candidateRegistered(position)));

function open(publish: EventBus['publish'] = async (events) => events.map(idOf)) {
  const marked: string[] = [];
  const log = recordingLog();
  let built = 0;
  const handler = streamHandler(
    'relay-outbox',
    relayCommitted,
    {
      outbox: () => {
        built += 1;
        return { markPublished: async (ids: readonly string[]) => void marked.push(...ids) };
      },
      eventBus: { publish },
    },
    { log, monotonic: { now: () => 0 } },
  );
  return { marked, log, builds: () => built, invoke: (...Records: unknown[]) => handler({ Records }, context) };
}

describe('a stream handler', () => {
  test('relays the records of the outbox and tells Lambda that all are done, with ports built once', async () => {
    const { marked, log, builds, invoke } = open();
    expect(await invoke(good('1'), good('2'))).toEqual({ batchItemFailures: [] });
    expect(await invoke(good('3'))).toEqual({ batchItemFailures: [] });
    expect([marked, builds()]).toEqual([['1', '2', '3'], 1]);
    expect(log.lines.at(-1)).toMatchObject({ message: 'function ended', fields: { records: 1, published: 1 } });
  });

  test('reports the first record that did not get through, when the others have', async () => {
    const { marked, log, invoke } = open(async (events) => events.map(idOf).filter((id) => id !== '3'));
    const answer = await invoke(good('1'), record('2', 'no event'), good('3'), good('4'));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect(marked).toEqual(['1', '4']);
    expect(log.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields.position)).toEqual(['2', '3']);
  });

  test('fails the invocation when the bus takes nothing at all, so that the whole batch comes again', async () => {
    const { marked, log, invoke } = open(() => Promise.reject(new AresError('EVENT_BUS_UNAVAILABLE', 'no answer')));
    await expect(invoke(good('1'))).rejects.toMatchObject({ code: 'EVENT_BUS_UNAVAILABLE' });
    expect(marked).toEqual([]);
    expect(log.lines.at(-1)).toMatchObject({ level: 'error', message: 'function failed' });
  });

  test('fails the invocation when it is given something else', async () => {
    await expect(open().invoke({ body: 'a queue' })).rejects.toMatchObject({ code: 'EVENT_INVALID' });
  });
});
