import * as z from 'zod';
import type { TrackingActor } from '../../../src/core/tracking/tracking-audit.ts';
import { VIEW_TYPES } from '../../../src/core/tracking/view-type.ts';
import { requiredText } from './request-fields.ts';
import type { MlflowCall, MlflowPorts } from './route.ts';

const absent = (value: unknown) => (value === null || value === '' ? undefined : value);
const hint = (type: string) => `must be ${type}`;

/** A whole number of 64 bits as protobuf's JSON has it: a number, or text. */
const int64 = z.preprocess(
  (value) => (typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value),
  z
    .number({ error: hint('a whole number') })
    .refine((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 63, { error: hint('a 64-bit integer') }),
);

export const requiredInteger = z.preprocess(absent, int64);
export const optionalInteger = z.preprocess(absent, int64.optional());
export const integerOrZero = z.preprocess((value) => absent(value) ?? 0, int64);

const WORDS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

const numberOf = (text: string): number | undefined =>
  WORDS[text] ?? (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined);

/** A float64 as protobuf's JSON has it: a number, text of one, or the words for what JSON has no numbers for. */
export const requiredFloat = z.preprocess(
  absent,
  z
    .union([z.number(), z.string(), z.boolean()], { error: hint('a number') })
    .refine((value) => typeof value !== 'string' || numberOf(value) !== undefined, { error: hint('a number') })
    .transform((value) => (typeof value === 'string' ? (numberOf(value) ?? Number.NaN) : Number(value))),
);

/** The name, or protobuf's number. */
export const viewType = z.preprocess((value) => {
  const number = Number(value ?? 1);
  return Number.isInteger(number) ? VIEW_TYPES[number - 1] : value;
}, z.enum(VIEW_TYPES));

/** An object that names its run: by `run_id`, or as the oldest clients do. */
export const ofRun = <Shape extends z.core.$ZodShape>(shape: Shape) =>
  z.preprocess(
    (input) => {
      if (typeof input !== 'object' || input === null) return {};
      const { run_id, run_uuid } = input as { readonly run_id?: unknown; readonly run_uuid?: unknown };
      return { ...input, run_id: absent(run_id) ?? run_uuid };
    },
    z.object({ run_id: requiredText, ...shape }),
  );

/** Who calls, and when by wall time. */
export function trackingActor({ caller }: MlflowCall, { random, wallClock }: MlflowPorts): TrackingActor {
  return { user: caller.user, now: wallClock.now(), sessionId: `mlflow-${random.id()}` };
}
