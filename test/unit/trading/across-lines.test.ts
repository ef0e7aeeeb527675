import { describe, expect, it } from 'vitest';
import { slotId } from '../../../src/core/models/slot.ts';
import { acrossLines } from '../../../src/core/trading/across-lines.ts';
import type { EngineMessage } from '../../../src/core/trading/engine-message.ts';
import type { EngineModel } from '../../../src/core/trading/engine-model.ts';
import { bar, scriptedModel, slot, startEngine } from '../../support/engine-harness.ts';

/** Engines that take what they are handed, and swap when told to. */
function receivers(count: number) {
  return Array.from({ length: count }, () => {
    const received: EngineMessage[] = [];
    const engine = {
      model: undefined as EngineModel | undefined,
      received,
      accept: (message: EngineMessage) => void received.push(message),
    };
    return engine;
  });
}

const models = (engine: ReturnType<typeof receivers>[number]) =>
  engine.received.flatMap((message) => (message.kind === 'model' ? [message] : []));

describe('the lines of a slot', () => {
  it('are all told what one is told', () => {
    const engines = receivers(3);
    acrossLines(engines).accept({ kind: 'mode', mode: 'HALTED' });
    for (const { received } of engines) expect(received).toEqual([{ kind: 'mode', mode: 'HALTED' }]);
  });

  it('share one loaded model, which is swapped when all have it and released when the last has let go', async () => {
    const engines = receivers(2);
    const model = scriptedModel(() => 0.9);
    let isSwapped = false;
    acrossLines(engines).accept({
      kind: 'model',
      model,
      swapped: () => {
        isSwapped = true;
      },
    });
    const [one, other] = engines.map((engine) => models(engine)[0]);
    one?.swapped();
    expect(isSwapped).toBe(false);
    other?.swapped();
    expect(isSwapped).toBe(true);
    expect(await one?.model.predictor.predict(new Float32Array(1))).toBe(0.9);
    await one?.model.predictor.release();
    await one?.model.predictor.release();
    expect(model.released).toBe(false);
    await other?.model.predictor.release();
    expect(model.released).toBe(true);
  });

  it('let go of the model before when the next one decides for all of them', async () => {
    const lines = await Promise.all([startEngine({ model: undefined }), startEngine({ model: undefined })]);
    const all = acrossLines(lines.map(({ engine }) => engine));
    const [first, second] = [scriptedModel(() => 0.9, 'a'), scriptedModel(() => 0.1, 'b', 'b'.repeat(64))];
    const swap = (model: EngineModel) => new Promise<void>((swapped) => all.accept({ kind: 'model', model, swapped }));
    await swap(first);
    await lines[0]?.play(bar(1));
    await swap(second);
    expect([first.released, second.released]).toEqual([true, false]);
    await lines[1]?.play(bar(1));
    expect(lines[1]?.decisions.at(-1)).toMatchObject({ runId: 'b', probability: 0.1 });
  });

  it('of one symbol are the slot itself', () => {
    const engines = receivers(1);
    expect(acrossLines(engines)).toBe(engines[0]);
    expect(slotId({ account: 'paper', strategy: 'trend', symbols: ['BTC/USDT'], timeframe: '1m' as never })).toBe(slot);
  });
});
