import * as z from 'zod';
import { messageOf } from '../ares-error.ts';
import type { JsonObject } from '../ports/ledger.ts';
import type { Predictor } from '../ports/predictor.ts';
import { decide } from './decide.ts';
import { decisionToJson } from './decision.ts';
import { type DecisionInputs, decisionInputsHash, parseDecisionInputs } from './decision-inputs.ts';

/** What computing a decision again has shown. */
export type Replay =
  /** Bit for bit what was journalled; `probability` says whether the model was asked again. */
  | { readonly outcome: 'identical'; readonly probability: 'recomputed' | 'taken as journalled' | 'none' }
  /** The first difference; values as JSON. */
  | {
      readonly outcome: 'different';
      /** `inputsHash`, `features`, `probability`, or a field of the decision. */
      readonly field: string;
      readonly recorded: string;
      readonly recomputed: string;
    }
  /** The item has no inputs: it was written before they were journalled. */
  | { readonly outcome: 'no-inputs' };

const itemSchema = z.looseObject({ inputs: z.record(z.string(), z.json()), inputsHash: z.string() });

/** Where an item stands says what it must be about. */
export interface DecisionPlace {
  readonly slot: string;
  readonly barClose: number;
}

/**
 * Computes a journalled decision again from its inputs, and with the model that decided also the probability from the features.
 *
 * Every field is compared, text with text and number with number, so that nothing in the item can have been changed without a difference.
 *
 * @param item as the journal has it: the decision, its inputs, and their hash
 * @param predictor of the model the inputs name; without it the probability is taken as journalled
 */
export async function replayDecision(item: JsonObject, place: DecisionPlace, predictor?: Predictor): Promise<Replay> {
  if (item.inputs === undefined) return { outcome: 'no-inputs' };
  const { inputs: stored, inputsHash, ...recorded } = itemSchema.parse(item);
  const hash = decisionInputsHash(stored as JsonObject);
  if (hash !== inputsHash) return different('inputsHash', inputsHash, hash);
  let inputs: DecisionInputs;
  try {
    inputs = parseDecisionInputs(stored as JsonObject);
  } catch (error) {
    return different('inputs', 'inputs of a decision', messageOf(error));
  }
  if (inputs.slot !== place.slot) return different('slot', inputs.slot, place.slot);
  if (inputs.barClose !== place.barClose) return different('barClose', inputs.barClose, place.barClose);
  const predicted = await predict(inputs, predictor);
  if (typeof predicted !== 'string') return predicted;
  const recomputed = decisionToJson(decide(inputs).decision);
  for (const field of new Set([...Object.keys(recomputed), ...Object.keys(recorded)])) {
    const [was, is] = [recorded[field], recomputed[field]];
    if (!isSame(was, is)) return different(field, was, is);
  }
  return { outcome: 'identical', probability: predicted };
}

async function predict(
  { features, modelHash, probability }: DecisionInputs,
  predictor: Predictor | undefined,
): Promise<(Replay & { readonly outcome: 'identical' })['probability'] | Replay> {
  if (probability === null) return 'none';
  if (!predictor) return 'taken as journalled';
  if (predictor.modelHash !== modelHash) return different('modelHash', modelHash, predictor.modelHash);
  const width = predictor.signature.features.length;
  if (features?.length !== width) return different('features', `${features?.length ?? 'no'} values`, `${width} values`);
  const row = Float32Array.from(features);
  // What came from float32 is the same after going there again; anything else was never a model's input.
  const odd = features.findIndex((value, at) => !Object.is(value, row[at]));
  if (odd >= 0) return different(`features[${odd}]`, features[odd], row[odd]);
  const again = await predictor.predict(row);
  return Object.is(again, probability) ? 'recomputed' : different('probability', probability, again);
}

const different = (field: string, recorded: unknown, recomputed: unknown): Replay => ({
  outcome: 'different',
  field,
  recorded: shown(recorded),
  recomputed: shown(recomputed),
});

const shown = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value));

const isSame = (one: unknown, other: unknown): boolean =>
  one === other || (typeof one === 'object' && typeof other === 'object' && shown(one) === shown(other));
