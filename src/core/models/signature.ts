import * as z from 'zod';

/**
 * What a model says of itself, stored in the ONNX metadata under the key `ares.signature` as JSON.
 *
 * `input` is float32 [N, features.length]; `output` is float32 [N, 2] (column 1: probability of the target) or [N, 1] / [N] (that probability alone).
 */
export const modelSignatureSchema = z.strictObject({
  /** Version of this format. */
  format: z.literal(1),
  featureSet: z.strictObject({ name: z.string().min(1), version: z.number().int().positive() }),
  /** In the order of the input's columns. */
  features: z.array(z.string().min(1)).min(1),
  input: z.string().min(1),
  output: z.string().min(1),
  /** What the probability is of: the close `horizon` bars later is above this bar's close. */
  target: z.literal('close_up'),
  /** In bars. */
  horizon: z.number().int().positive(),
  timeframe: z.string().min(2),
  /** Open time of the first and the last bar the model has seen, labels included. */
  trainingWindow: z.strictObject({ from: z.number().int(), to: z.number().int() }),
  /** Rows and the predictions the trainer's runtime gave for them; at least one. */
  golden: z.array(z.strictObject({ row: z.array(z.number()), prediction: z.number().min(0).max(1) })).min(1),
});

export type ModelSignature = z.infer<typeof modelSignatureSchema>;
