import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from 'vitest';
import { parseOutboxStream } from '../../../src/adapters/aws/outbox-stream.ts';
import { transactionItems } from '../../../src/adapters/aws/transaction-items.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { envelope } from '../support/sample-commit.ts';

const items = transactionItems({ state: 'state', registry: 'registry', audit: 'audit' });

/** What a commit writes for an event, as the table's stream brings it. */
const imageOf = (id: string) => {
  const event = envelope(id);
  return items.event(event.detail.metadata, JSON.stringify(event), epochMillis(1)).Put?.Item ?? {};
};

function record(position: string, image: object | undefined, eventName = 'INSERT', pk = `~outbox#${position}`) {
  const Keys = { pk: { S: pk }, sk: { S: 'event' } };
  return {
    eventID: `id-${position}`,
    eventName,
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-central-1',
    dynamodb: { ApproximateCreationDateTime: 1, Keys, SequenceNumber: position, SizeBytes: 100, NewImage: image },
  };
}

const parse = (...Records: unknown[]) => parseOutboxStream({ Records });

describe('the stream of the outbox', () => {
  test('gives the committed events with their places, in order', () => {
    expect(parse(record('100', imageOf('e1')), record('101', imageOf('e2')))).toEqual([
      { position: '100', event: envelope('e1') },
      { position: '101', event: envelope('e2') },
    ]);
  });

  test('leaves out what was changed or removed, and what is not the outbox', () => {
    const other = record('102', marshall({ pk: 'slots', sk: 's', version: 1, value: '{}' }), 'INSERT', 'slots');
    expect(parse(record('100', imageOf('e1'), 'MODIFY'), record('101', undefined, 'REMOVE'), other)).toEqual([]);
  });

  test.each([
    ['holds no JSON', { ...imageOf('e'), value: { S: '{' } }, 'must be a JSON object'],
    ['holds no event', { ...imageOf('e'), value: { S: '{"source":"x"}' } }, 'must hold an event'],
    ['lost its value', marshall({ pk: '~outbox#e', sk: 'event', version: 1 }), 'must have a version and a value'],
    ['is no item', { pk: 'text', nonsense: { Q: 1 } }, ''],
    ['comes without its image', undefined, 'must bring new images'],
  ])('says why a record cannot be read that %s, and reads the ones beside it', (_, image, reason) => {
    const [first, bad, last, ...others] = parse(
      record('1', imageOf('a')),
      record('2', image),
      record('3', imageOf('b')),
    );
    expect([first, last, others]).toEqual([
      { position: '1', event: envelope('a') },
      { position: '3', event: envelope('b') },
      [],
    ]);
    expect(bad).toEqual({ position: '2', unreadable: expect.stringContaining(reason) });
  });

  test('refuses what is no batch of a stream', () => {
    for (const wrong of [undefined, {}, { Records: [{ body: 'a queue' }] }, { Records: [{ eventName: 'INSERT' }] }]) {
      expect(() => parseOutboxStream(wrong)).toThrow(expect.objectContaining({ code: 'EVENT_INVALID' }));
    }
  });
});
