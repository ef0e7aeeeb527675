import { describe, expect, test } from 'vitest';
import { AresError } from '../../../src/core/ares-error.ts';
import { isLegalTransition, LEGAL_TRANSITIONS, MODEL_STATES, transition } from '../../../src/core/models/lifecycle.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';

const legal = [
  'candidate>production',
  'candidate>evaluated_inferior',
  'candidate>archived',
  'production>standby',
  'production>archived',
  'standby>production',
  'standby>archived',
  'archived>production',
  'evaluated_inferior>production',
  'evaluated_inferior>archived',
];

const pairs = MODEL_STATES.flatMap((from) => MODEL_STATES.map((to) => ({ from, to })));
const model = (state: (typeof MODEL_STATES)[number]) => ({
  runId: 'run-1',
  state,
  reason: 'before',
  stateChangedAt: epochMillis(1),
  other: 'kept',
});

describe('the life of a model', () => {
  test.each(pairs)('from $from to $to is what the table says', ({ from, to }) => {
    const expected = legal.includes(`${from}>${to}`);
    expect(isLegalTransition(from, to)).toBe(expected);
    const step = () => transition(model(from), to, 'because', epochMillis(2));
    if (expected) {
      expect(step()).toEqual({ runId: 'run-1', state: to, reason: 'because', stateChangedAt: 2, other: 'kept' });
    } else {
      expect(step).toThrow(AresError);
    }
  });

  test('refuses an illegal transition naming the model, both states and what is legal', () => {
    expect(() => transition(model('archived'), 'candidate', 'again', epochMillis(2))).toThrow(
      expect.objectContaining({
        code: 'TRANSITION_ILLEGAL',
        message: 'model run-1 in state archived must go to production, was sent to candidate',
        data: { runId: 'run-1', from: 'archived', to: 'candidate', legal: ['production'] },
      }),
    );
    expect(() => transition(model('standby'), 'evaluated_inferior', 'again', epochMillis(2))).toThrow(
      /must go to production or archived/,
    );
  });

  test('every state is in the table, and every state but candidate can be reached', () => {
    expect(Object.keys(LEGAL_TRANSITIONS).sort()).toEqual([...MODEL_STATES].sort());
    const reached = new Set(Object.values(LEGAL_TRANSITIONS).flat());
    expect(MODEL_STATES.filter((state) => !reached.has(state as never))).toEqual(['candidate']);
  });
});
