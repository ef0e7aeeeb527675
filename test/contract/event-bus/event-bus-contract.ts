import { describe, expect, test } from 'vitest';
import type { EventEnvelope } from '../../../src/core/events/envelope.ts';
import type { Subscription } from '../../../src/core/events/subscription.ts';
import type { EventBus } from '../../../src/core/ports/event-bus.ts';
import { candidateRegistered, configChanged } from '../../support/sample-event.ts';

const models = { source: ['ares.models'], 'detail-type': ['CandidateRegistered'] };
const config = { source: ['ares.config'], 'detail-type': ['ConfigChanged'] };
const good = { source: ['ares.models'], detail: { data: { accuracy: [{ numeric: ['>', 0.6] }] } } };
const limits = { maxAttempts: 3, timeoutMs: 1_000 } as const;

/** The rules a bus under test has. */
export const contractSubscriptions: readonly Subscription[] = [
  { kind: 'function', target: 'promote', pattern: models, ...limits },
  { kind: 'function', target: 'celebrate', pattern: good, ...limits },
  { kind: 'function', target: 'on-schedule', ...limits },
  { kind: 'queue', target: 'trader', pattern: config },
];

export interface EventBusUnderTest {
  readonly bus: EventBus;
  /** What came to each target so far, as `target event-id`, each at least once. */
  received(): Promise<ReadonlySet<string>>;
}

/** What every event bus promises. `open` gives one with {@link contractSubscriptions} each time. */
export function eventBusContract(name: string, open: () => Promise<EventBusUnderTest>): void {
  describe(`${name} keeps the event bus's contract`, () => {
    test('takes events and brings each to every target whose pattern matches, and to no other', async () => {
      const { bus, received } = await open();
      const events = [candidateRegistered('low', 0.5), candidateRegistered('high', 0.7), configChanged('config')];
      expect(new Set(await bus.publish(events))).toEqual(new Set(['low', 'high', 'config']));
      expect(await received()).toEqual(new Set(['promote low', 'promote high', 'celebrate high', 'trader config']));
    });

    test('takes an event that nobody wants', async () => {
      const { bus, received } = await open();
      const stray: EventEnvelope = { ...configChanged('stray'), source: 'ares.elsewhere' };
      expect(await bus.publish([stray])).toEqual(['stray']);
      expect(await received()).toEqual(new Set());
    });

    test('leaves out an event without valid metadata, and takes the others of its batch', async () => {
      const { bus, received } = await open();
      const { detail, ...rest } = candidateRegistered('bad');
      const bad = { ...rest, detail: { ...detail, metadata: { ...detail.metadata, id: '' } } };
      expect(await bus.publish([candidateRegistered('first'), bad, candidateRegistered('last')])).toEqual([
        'first',
        'last',
      ]);
      expect(await received()).toEqual(new Set(['promote first', 'promote last']));
    });

    test('takes an event again that it had before', async () => {
      const { bus, received } = await open();
      await bus.publish([candidateRegistered('twice')]);
      expect(await bus.publish([candidateRegistered('twice')])).toEqual(['twice']);
      expect(await received()).toEqual(new Set(['promote twice']));
    });

    test('takes an empty batch', async () => {
      const { bus } = await open();
      expect(await bus.publish([])).toEqual([]);
    });
  });
}
