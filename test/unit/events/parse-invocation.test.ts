import { describe, expect, it } from 'vitest';
import { eventBridgeEvent, scheduleEvent } from '../../../src/core/events/event-bridge-event.ts';
import { parseInvocation } from '../../../src/core/events/parse-invocation.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { candidateRegistered } from '../../support/sample-event.ts';

const at = epochMillis(Date.UTC(2022, 0, 3, 4, 15));

describe('an invocation', () => {
  it('by an event carries the event, its id, its market time and its correlation', () => {
    const event = eventBridgeEvent(candidateRegistered('e1'));
    expect(parseInvocation('check-promotion', event, 'session')).toEqual({
      id: 'e1',
      now: 1_700_000_000_000,
      correlationId: 'c',
      sessionId: 'session',
      trigger: { kind: 'event', event: { name: 'CandidateRegistered', ...candidateRegistered('e1').detail } },
    });
  });

  it('by a schedule is named after function and time, the same on both platforms and each time it is delivered', () => {
    const local = parseInvocation('analyze-market', scheduleEvent('analyze-market', at), 's');
    expect(local).toMatchObject({
      id: 'analyze-market@2022-01-03T04:15:00.000Z',
      now: at,
      trigger: { kind: 'schedule' },
    });
    const { id: _, ...rest } = scheduleEvent('analyze-market', at);
    const aws = {
      ...rest,
      id: 'b1946ac9-2492-d234-7c62-35b4d2611184',
      time: '2022-01-03T04:15:00Z',
      source: 'aws.events',
    };
    expect(parseInvocation('analyze-market', aws, 's')).toEqual(local);
  });

  it('differs between functions that are due at the same time', () => {
    const idOf = (name: string) => parseInvocation(name, scheduleEvent(name, at), 's').id;
    expect(idOf('analyze-market')).not.toBe(idOf('track-performance'));
  });

  it.each([
    [
      undefined,
      'check-promotion must be given an EventBridge event: ✖ Invalid input: expected object, received undefined',
    ],
    [{ ...scheduleEvent('x', at), time: 'yesterday' }, '→ at time'],
    [{ ...eventBridgeEvent(candidateRegistered('e')), 'detail-type': 'Nonsense' }, 'was "Nonsense" from "ares.models"'],
    [
      { ...eventBridgeEvent(candidateRegistered('e')), source: 'ares.system' },
      'was "CandidateRegistered" from "ares.system"',
    ],
    [{ ...eventBridgeEvent(candidateRegistered('e')), 'detail-type': 'toString' }, 'was "toString" from "ares.models"'],
    [{ ...eventBridgeEvent(candidateRegistered('e')), detail: {} }, 'CandidateRegistered: ✖'],
  ])('is refused when what arrives is not an event of the catalogue (%#)', (event, message) => {
    expect(() => parseInvocation('check-promotion', event, 's')).toThrow(message);
  });
});
