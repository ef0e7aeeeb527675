import type { Predictor } from '../ports/predictor.ts';
import type { TradingEngine } from './engine.ts';
import type { EngineMessage } from './engine-message.ts';
import type { EngineModel } from './engine-model.ts';

type Receiver = Pick<TradingEngine, 'accept' | 'model'>;

/**
 * The engines of all lines of a slot as one: what one is told, all are told.
 *
 * A model is loaded once and decides for all of them; it is released when the last one has let go of it.
 */
export function acrossLines(engines: readonly Receiver[]): Receiver {
  const [first] = engines;
  if (first && engines.length === 1) return first;
  return {
    get model() {
      return first?.model;
    },
    accept(message) {
      if (message.kind !== 'model') {
        for (const engine of engines) engine.accept(message);
        return;
      }
      const { model } = message;
      const handles = shared(model.predictor, engines.length);
      let left = engines.length;
      const swapped = (): void => {
        left -= 1;
        if (left === 0) message.swapped();
      };
      for (const [at, engine] of engines.entries()) {
        const own: EngineModel = { ...model, predictor: handles[at] as Predictor };
        engine.accept({ kind: 'model', model: own, swapped } satisfies EngineMessage);
      }
    },
  };
}

/** So many handles of one predictor, which is released with the last of them. */
function shared(predictor: Predictor, count: number): readonly Predictor[] {
  let held = count;
  return Array.from({ length: count }, () => {
    let isHeld = true;
    const release = async (): Promise<void> => {
      if (!isHeld) return;
      isHeld = false;
      held -= 1;
      if (held === 0) await predictor.release();
    };
    // What it computes with is the one predictor itself: nothing stands between a bar and its prediction.
    return Object.create(predictor, { release: { value: release } }) as Predictor;
  });
}
