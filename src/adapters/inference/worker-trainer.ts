import { Worker } from 'node:worker_threads';
import { AresError } from '../../core/ares-error.ts';
import type { Trainer } from '../../core/ports/trainer.ts';
import { packCandles } from './packed-candles.ts';
import { signCandidate } from './sign-candidate.ts';
import type { UnsignedCandidate } from './train-unsigned.ts';
import type { TrainingMessage, TrainingTask } from './train-worker.ts';

/**
 * Trains each model in a worker thread of its own, so that the caller's event loop goes on.
 *
 * ONNX Runtime stays out of that thread: ending a thread, or the process, in the middle of its native code aborts the process.
 */
export function workerTrainer(): Trainer {
  return {
    async trainCandidate(candles, spec, onProgress = () => {}, signal) {
      signal?.throwIfAborted();
      const packed = packCandles(candles);
      const worker = new Worker(new URL('train-worker.ts', import.meta.url), {
        workerData: { candles: packed, spec } satisfies TrainingTask,
        transferList: [packed.buffer],
      });
      const stop = () => void worker.terminate();
      signal?.addEventListener('abort', stop, { once: true });
      try {
        const unsigned = await new Promise<UnsignedCandidate>((resolve, reject) => {
          worker.on('message', (message: TrainingMessage) => {
            if (message.kind === 'progress') onProgress(message.progress);
            else if (message.kind === 'result') resolve(message.candidate);
            else reject(new AresError(message.code, message.message, message.data));
          });
          worker.on('error', (cause) =>
            reject(
              new AresError(
                'TRAINING_FAILED',
                `training must end with a model, its thread failed: ${String(cause)}`,
                {},
                cause,
              ),
            ),
          );
          worker.on('exit', (code) =>
            reject(
              signal?.aborted
                ? signal.reason
                : new AresError(
                    'TRAINING_FAILED',
                    `training must end with a model, its thread ended with code ${code}`,
                  ),
            ),
          );
        });
        return await signCandidate(unsigned);
      } finally {
        signal?.removeEventListener('abort', stop);
      }
    },
  };
}
