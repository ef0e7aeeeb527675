import { describe, expect, it } from 'vitest';
import { catalogue, eventNames, newEvent, parseEvent } from '../../../src/core/events/catalogue.ts';
import { eventBridgeEvent } from '../../../src/core/events/event-bridge-event.ts';
import { eventPattern } from '../../../src/core/events/pattern.ts';
import { patternOfEvents } from '../../../src/core/events/pattern-of-events.ts';
import { candidateRegistered, configChanged } from '../../support/sample-event.ts';

describe('the event catalogue', () => {
  it('names each event after its detail type, from a source of its own project', () => {
    for (const name of eventNames) {
      expect(catalogue[name].detailType).toBe(name);
      expect(catalogue[name].source).toMatch(/^ares\.[a-z]+$/);
    }
  });

  it('parses what it made', () => {
    const { source, detailType, detail } = candidateRegistered('e1');
    expect(parseEvent(source, detailType, structuredClone(detail))).toEqual({ name: 'CandidateRegistered', ...detail });
  });

  it('refuses to make an event whose data is not what it says', () => {
    const { detail } = candidateRegistered('e1');
    const data = { runId: 'r', modelHash: 'short', accuracy: 0.5 };
    expect(() => newEvent('CandidateRegistered', detail.metadata, data)).toThrow(
      'must be 64 lower-case hexadecimal digits',
    );
  });

  it('refuses metadata of another version', () => {
    const { source, detailType, detail } = candidateRegistered('e1');
    const metadata = { ...detail.metadata, version: 2 };
    expect(() => parseEvent(source, detailType, { ...detail, metadata })).toThrow('→ at metadata.version');
  });

  it('gives a pattern that matches the named events and no others', () => {
    const matches = eventPattern(patternOfEvents(['CandidateRegistered', 'ModelUpdated']));
    expect(patternOfEvents(['CandidateRegistered', 'ModelUpdated']).source).toEqual(['ares.models']);
    expect(matches(eventBridgeEvent(candidateRegistered('e1')))).toBe(true);
    expect(matches(eventBridgeEvent(configChanged('e2')))).toBe(false);
  });
});
