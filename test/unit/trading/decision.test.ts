import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { type Decision, decisionLine, decisionToJson } from '../../../src/core/trading/decision.ts';

const decision: Decision = {
  barClose: epochMillis(120_000),
  close: 40_000,
  runId: 'run-1',
  modelHash: 'abc',
  probability: 0.75,
  signal: 'long',
  action: 'order',
  reason: '',
  clientOrderId: 'ar-1',
  side: 'buy',
  quantity: '0.1',
  exitCause: null,
};

describe('a decision', () => {
  it('is one line of what was decided, with a dash for what there was not', () => {
    expect(decisionLine(decision)).toBe('120000 abc 0.75 long order buy 0.1');
    const none = { ...decision, modelHash: null, probability: null, signal: null, side: null, quantity: null };
    expect(decisionLine({ ...none, action: 'none' })).toBe('120000 - - - none - -');
  });

  it('says nothing in its line of where it ran, so that two runs with the same decisions have the same lines', () => {
    expect(decisionLine({ ...decision, clientOrderId: 'ar-2', runId: 'run-2' } as Decision)).toBe(
      decisionLine(decision),
    );
  });

  it('goes to the ledger whole', () => {
    expect(decisionToJson(decision)).toEqual(decision);
  });
});
