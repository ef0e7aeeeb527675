import * as z from 'zod';

const fraction = z.number().gt(0).max(1);

/**
 * What to train: everything that decides the model, besides the candles.
 */
export const trainingSpecSchema = z.strictObject({
  /** Of the candles, like `1m`. */
  timeframe: z.string(),
  /** Features to use, in the order of the model's input; by default all of the set. */
  features: z.array(z.string()).min(1).optional(),
  /** Bars between a bar and the close its label looks at. */
  horizon: z.number().int().min(1).max(10_000),
  /** Bars that close later are not trained on. Epoch milliseconds. */
  trainUntil: z.number().int(),
  /** The model is measured on bars that open at `trainUntil` or later and whose labels are known at this time; equal to `trainUntil` measures nothing. */
  validateUntil: z.number().int(),
  trees: z.number().int().min(1).max(5_000).default(100),
  leaves: z.number().int().min(2).max(256).default(15),
  learningRate: fraction.default(0.05),
  minLeafRows: z.number().int().min(1).default(100),
  l2: z.number().min(0).default(1),
  featureFraction: fraction.default(0.8),
  rowFraction: fraction.default(0.8),
  /** Of the random numbers that pick features and rows. */
  seed: z.number().int().nonnegative().default(1),
  /** Trains on labels in random order: a model that cannot have learned anything. */
  shuffleLabels: z.boolean().default(false),
  /** Trains on the newest so many rows at most. */
  maxRows: z.number().int().min(1).default(200_000),
});

/** As a caller writes it: what is left out has its default. */
export type TrainingSpec = z.input<typeof trainingSpecSchema>;
export type CompleteTrainingSpec = z.output<typeof trainingSpecSchema>;
