import { parentPort, workerData } from 'node:worker_threads';
import { AresError, type ErrorData, messageOf } from '../../core/ares-error.ts';
import type { TrainingProgress } from '../../core/training/train-model.ts';
import type { TrainingSpec } from '../../core/training/training-spec.ts';
import { unpackCandles } from './packed-candles.ts';
import { trainUnsigned, type UnsignedCandidate } from './train-unsigned.ts';

/** What the worker is started with. */
export interface TrainingTask {
  readonly candles: Float64Array;
  readonly spec: TrainingSpec;
}

/** What the worker says; a result or an error is its last word. */
export type TrainingMessage =
  | { readonly kind: 'progress'; readonly progress: TrainingProgress }
  | { readonly kind: 'result'; readonly candidate: UnsignedCandidate }
  | { readonly kind: 'error'; readonly code: string; readonly message: string; readonly data: ErrorData };

const say = (message: TrainingMessage) => parentPort?.postMessage(message);

try {
  const { candles, spec } = workerData as TrainingTask;
  const candidate = trainUnsigned(unpackCandles(candles), spec, (progress) => say({ kind: 'progress', progress }));
  say({ kind: 'result', candidate });
} catch (error) {
  const { code, data } = error instanceof AresError ? error : { code: 'TRAINING_FAILED', data: {} };
  say({ kind: 'error', code, message: messageOf(error), data });
}
