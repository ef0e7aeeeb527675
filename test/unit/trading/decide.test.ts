import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../../src/core/config/live-config.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { JsonObject } from '../../../src/core/ports/ledger.ts';
import { decide } from '../../../src/core/trading/decide.ts';
import {
  type DecisionInputs,
  decisionInputsHash,
  decisionInputsToJson,
  parseDecisionInputs,
} from '../../../src/core/trading/decision-inputs.ts';
import { decimal, price } from '../../../src/core/trading/money.ts';
import { BAR, bar, scriptedModel, startEngine } from '../../support/engine-harness.ts';

/** Inputs of real bars: before an entry, while it is protected, and at the exit. */
async function realInputs(): Promise<readonly DecisionInputs[]> {
  const script = [0.9, 0.515, 0.1];
  const { play, inputs } = await startEngine({
    model: scriptedModel((n) => script[n] ?? 0.5),
    config: { exits: { ...DEFAULT_CONFIG.exits, takeProfitFraction: 0.3, trailingStopFraction: 0.1 } },
  });
  for (const index of [1, 2, 3]) await play(bar(index));
  return inputs;
}

const first = async (): Promise<DecisionInputs> => (await realInputs())[0] as DecisionInputs;
const held = async (over: Partial<DecisionInputs>): Promise<DecisionInputs> => ({
  ...(await first()),
  position: { quantity: decimal('0.1'), cost: decimal('4000') },
  holding: { since: epochMillis(BAR), highest: decimal('40000') },
  probability: 0.515,
  ...over,
});

describe('a decision', () => {
  it('is the same from the inputs as the journal has them', async () => {
    for (const inputs of await realInputs()) {
      const written = JSON.parse(JSON.stringify(decisionInputsToJson(inputs))) as JsonObject;
      const read = parseDecisionInputs(written);
      expect(decide(read)).toEqual(decide(inputs));
      expect(decisionInputsHash(decisionInputsToJson(read))).toBe(decisionInputsHash(written));
    }
  });

  it('changes nothing it is given', async () => {
    for (const inputs of await realInputs()) {
      const before = JSON.stringify(decisionInputsToJson(inputs));
      decide(inputs);
      expect(JSON.stringify(decisionInputsToJson(inputs))).toBe(before);
    }
  });

  it('says what it came from: the row, the model, the books, the market', async () => {
    const inputs = await first();
    expect(inputs).toMatchObject({ features: [1], runId: 'run-1', probability: 0.9, mode: 'ACTIVE', leaving: null });
    expect(inputs.book?.bid.lt(inputs.book.ask)).toBe(true);
    expect(decide(inputs).decision).toMatchObject({ action: 'order', side: 'buy', exitCause: null });
  });

  it('leaves a position for its stop whatever the model says, and without a model too', async () => {
    const touched = await held({ low: 35_000, close: 36_000, probability: 0.99 });
    const settings = {
      ...touched.settings,
      exits: { ...touched.settings.exits, stopLossFraction: 0.1, trailingStopFraction: 0 },
    };
    expect(decide({ ...touched, settings }).decision).toMatchObject({ side: 'sell', exitCause: 'stop_loss' });
    const without = { ...touched, settings, runId: null, probability: null, features: null };
    expect(decide(without).decision).toMatchObject({ action: 'order', side: 'sell', exitCause: 'stop_loss' });
  });

  it('leaves what rests on the exchange to the exchange', async () => {
    const stop = {
      clientOrderId: 'ar-1',
      leg: 'stop_loss' as const,
      side: 'sell' as const,
      state: 'acknowledged' as const,
      barClose: epochMillis(BAR),
      pairId: null,
      remaining: decimal('0.1'),
      price: price('36000'),
    };
    const inputs = await held({ low: 35_000, close: 36_500, openOrders: [stop] });
    expect(decide(inputs).decision).toMatchObject({ action: 'none', exitCause: null });
    expect(decide({ ...inputs, probability: 0.1 }).decision).toMatchObject({ action: 'order', exitCause: 'signal' });
  });

  it('is none while something is not known, and says what', async () => {
    const inputs = await held({ probability: 0.1 });
    const reasonOf = (over: Partial<DecisionInputs>) => decide({ ...inputs, ...over }).decision.reason;
    expect(reasonOf({ unanswered: 'ar-7' })).toBe('the exchange did not say what became of order ar-7');
    expect(reasonOf({ leaving: 'stop_loss' })).toBe('the position is being left: stop_loss');
    expect(reasonOf({ decidedBefore: true })).toBe('an order for this bar was sent before a restart');
  });

  it('names an order by the attempt that comes next', async () => {
    const inputs = await first();
    const { decision } = decide({ ...inputs, nextAttempt: { entry: 3, exit: 0 } });
    expect(decision.clientOrderId).toMatch(/-e3-1$/);
  });

  it('buys with no more than is free', async () => {
    const inputs = await first();
    const poor = decide({ ...inputs, freeQuote: decimal('1000') }).decision;
    expect(Number(poor.quantity)).toBeGreaterThan(0.0249);
    expect(Number(poor.quantity) * Number(inputs.book?.ask) * 1.001).toBeLessThanOrEqual(1_000);
    expect(decide({ ...inputs, freeQuote: decimal('-5') }).decision.action).toBe('none');
  });
});
