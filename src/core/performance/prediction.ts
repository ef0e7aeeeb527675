import * as z from 'zod';
import { parseItem } from '../ledger/parse-item.ts';
import { indexes, keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import { epochMillis } from '../ports/clock.ts';
import type { AppendRecord, Item } from '../ports/ledger.ts';

const at = z
  .number()
  .int()
  .transform((value) => epochMillis(value));

const outcomeSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('matched'),
    /** The bar's close, `horizon` bars after the predicted one. */
    close: z.number(),
    /** Simple return from close to close, as a fraction. */
    return: z.number(),
    /** Whether that close is above the predicted bar's. */
    up: z.boolean(),
    /** Whether the direction came true; above one half predicts up. */
    correct: z.boolean(),
  }),
  /** The exchange has no bar exactly `horizon` bars later, though it has later ones. */
  z.object({ status: z.literal('unmatched') }),
]);

export type PredictionOutcome = z.infer<typeof outcomeSchema>;

const predictionSchema = z.object({
  slot: z.string().transform((text) => text as SlotId),
  runId: z.string(),
  modelHash: z.string(),
  openTime: at,
  barClose: at,
  /** In bars. */
  horizon: z.number().int().positive(),
  /** Probability that the close `horizon` bars later is above this one. */
  p: z.number(),
  /** Of the predicted bar. */
  close: z.number(),
  predictedAt: at,
  /** `null` until the horizon has passed. */
  outcome: outcomeSchema.nullable(),
});

/** What the analyst expected of one bar, and later what happened. */
export type Prediction = z.infer<typeof predictionSchema>;

/** The record that stores a prediction; one that waits for its outcome is found through the slot's index of pending ones. */
export function predictionRecord(prediction: Prediction): AppendRecord {
  const { slot, runId, barClose } = prediction;
  const record = { key: keys.prediction(slot, runId, barClose), value: prediction };
  return prediction.outcome ? record : { ...record, index: indexes.pendingPredictions(slot, barClose, runId) };
}

/** @throws AresError `LEDGER_ITEM_INVALID` */
export function parsePrediction(item: Item): Prediction {
  return parseItem(item, predictionSchema, 'prediction');
}
