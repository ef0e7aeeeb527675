import { workerTrainer } from '../../adapters/inference/worker-trainer.ts';
import type { Trainer } from '../../core/ports/trainer.ts';

export const trainer: Trainer = workerTrainer();
