import type { EventBridgeClient, PutEventsCommand, PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createEventBridgeEventBus } from '../../../src/adapters/aws/eventbridge-event-bus.ts';
import type { EventEnvelope } from '../../../src/core/events/envelope.ts';
import { candidateRegistered } from '../../support/sample-event.ts';

type Entry = NonNullable<PutEventsCommand['input']['Entries']>[number];

const idOf = ({ Detail }: Entry): string => JSON.parse(Detail ?? '{}').metadata.id;
const bytesOf = ({ Source, DetailType, Detail }: Entry): number => Buffer.byteLength(`${Source}${DetailType}${Detail}`);

/** A bus whose service answers each entry as told, and keeps to the documented limits of a request. */
function open(answer: (id: string, attempt: number) => PutEventsResultEntry = () => ({ EventId: 'taken' })) {
  const requests: string[][] = [];
  const waits: number[] = [];
  const refused: [string, string][] = [];
  const attempts = new Map<string, number>();
  const client = {
    async send({ input: { Entries = [] } }: PutEventsCommand) {
      const bytes = Entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
      if (Entries.length > 10 || Entries.length === 0 || bytes > 1_000_000) throw new Error('ValidationException');
      requests.push(Entries.map(idOf));
      return {
        Entries: Entries.map((entry) => {
          const attempt = (attempts.get(idOf(entry)) ?? 0) + 1;
          attempts.set(idOf(entry), attempt);
          return answer(idOf(entry), attempt);
        }),
      };
    },
  } as unknown as EventBridgeClient;
  const bus = createEventBridgeEventBus({
    client,
    busName: 'bus',
    timers: { sleep: async (ms) => void waits.push(ms) },
    random: { next: () => 1 },
    onRefused: (id, reason) => refused.push([id, reason]),
  });
  return { bus, requests, waits, refused };
}

const events = (count: number): EventEnvelope[] =>
  Array.from({ length: count }, (_, at) => candidateRegistered(`e${at}`));
const large = (id: string, bytes: number): EventEnvelope => {
  const { detail, ...rest } = candidateRegistered(id);
  return { ...rest, detail: { ...detail, data: { text: 'ä'.repeat(bytes / 2) } } };
};
const THROTTLED = { ErrorCode: 'ThrottlingException', ErrorMessage: 'later' };

describe('publishing on EventBridge', () => {
  test('sends at most ten entries in a request, in order', async () => {
    const { bus, requests } = open();
    const all = events(23);
    expect(await bus.publish(all)).toEqual(all.map(({ detail }) => detail.metadata.id));
    expect(requests.map((request) => request.length)).toEqual([10, 10, 3]);
    expect(requests.flat()).toEqual(all.map(({ detail }) => detail.metadata.id));
  });

  test('sends what is large in requests of its own, counting bytes and not letters', async () => {
    const { bus, requests } = open();
    await bus.publish([large('a', 600_000), large('b', 300_000), large('c', 200_000), candidateRegistered('d')]);
    expect(requests).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  test('refuses an event that is too large before it sends anything, naming it and its size', async () => {
    const { bus, requests } = open();
    await expect(bus.publish([candidateRegistered('small'), large('huge', 1_000_000)])).rejects.toMatchObject({
      name: 'AresError',
      code: 'EVENT_TOO_LARGE',
      data: { id: 'huge', bytes: 1_000_178 },
    });
    expect(requests).toEqual([]);
  });

  test('tries again, with waits that grow, only the entries that could not be taken now', async () => {
    const { bus, requests, waits, refused } = open((id, attempt) => {
      if (id === 'e1' && attempt <= 2) return THROTTLED;
      if (id === 'e2' && attempt === 1) return { ErrorCode: 'InternalFailure' };
      return { EventId: 'taken' };
    });
    expect(await bus.publish(events(3))).toEqual(['e0', 'e2', 'e1']);
    expect(requests).toEqual([['e0', 'e1', 'e2'], ['e1', 'e2'], ['e1']]);
    expect(waits).toEqual([40, 80]);
    expect(refused).toEqual([]);
  });

  test('gives up an entry that stays throttled after six tries and says so, and takes the others', async () => {
    const { bus, requests, refused } = open((id) => (id === 'e1' ? THROTTLED : { EventId: 'taken' }));
    expect(await bus.publish(events(3))).toEqual(['e0', 'e2']);
    expect(requests).toHaveLength(6);
    expect(refused).toEqual([['e1', 'ThrottlingException: later']]);
  });

  test('does not try again what EventBridge calls malformed', async () => {
    const malformed = { ErrorCode: 'MalformedDetail', ErrorMessage: 'no' };
    const { bus, requests, refused } = open((id) => (id === 'e0' ? malformed : { EventId: 'taken' }));
    expect(await bus.publish(events(2))).toEqual(['e1']);
    expect(requests).toHaveLength(1);
    expect(refused).toEqual([['e0', 'MalformedDetail: no']]);
  });

  test('counts an entry without an answer as not taken', async () => {
    const { bus, refused } = open(() => ({}));
    expect(await bus.publish(events(1))).toEqual([]);
    expect(refused).toEqual([['e0', 'no answer: ']]);
  });

  test('says whether the bus did not answer or refused the request', async () => {
    const failing = (name: string, status?: number) =>
      createEventBridgeEventBus({
        client: {
          send: () => Promise.reject(Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } })),
        },
        busName: 'bus',
        timers: { sleep: async () => undefined },
        random: { next: () => 0 },
      }).publish(events(1));
    await expect(failing('TimeoutError')).rejects.toMatchObject({ code: 'EVENT_BUS_UNAVAILABLE' });
    await expect(failing('ThrottlingException', 400)).rejects.toMatchObject({ code: 'EVENT_BUS_UNAVAILABLE' });
    await expect(failing('InternalException', 500)).rejects.toMatchObject({ code: 'EVENT_BUS_UNAVAILABLE' });
    await expect(failing('AccessDeniedException', 400)).rejects.toMatchObject({ code: 'EVENT_BUS_REFUSED' });
  });

  test('takes exactly the events that the service took, whatever it answers and whatever their sizes', async () => {
    const fate = fc.record({
      failures: fc.nat(7),
      code: fc.constantFrom('ThrottlingException', 'InternalFailure', 'MalformedDetail'),
      bytes: fc.constantFrom(2, 2, 300_000, 900_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { maxLength: 30 }), async (fates) => {
        const got = new Set<string>();
        const { bus, refused } = open((id, attempt) => {
          const { failures, code } = fates[Number(id)] ?? { failures: 0, code: '' };
          if (attempt <= failures) return { ErrorCode: code };
          got.add(id);
          return { EventId: 'taken' };
        });
        const taken = await bus.publish(fates.map(({ bytes }, at) => large(String(at), bytes)));
        const expected = fates.flatMap(({ failures, code }, at) =>
          failures === 0 || (failures < 6 && code !== 'MalformedDetail') ? [String(at)] : [],
        );
        expect(new Set(taken)).toEqual(new Set(expected));
        expect(got).toEqual(new Set(expected));
        expect(taken.length + refused.length).toBe(fates.length);
      }),
      { numRuns: 40 },
    );
  });
});
