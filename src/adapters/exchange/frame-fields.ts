import type * as z from 'zod';

/** A frame as it came: nothing is known of its fields. */
export type Frame = Readonly<Record<string, unknown>>;

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isNumber = (value: unknown): value is number => typeof value === 'number';

const POINT = 46;
const [NOUGHT, NINE] = [48, 57];

/** Whether it is a decimal as text, without sign and exponent. */
export function isAmount(value: unknown): value is string {
  if (typeof value !== 'string' || value === '') return false;
  let points = 0;
  for (let i = 0; i < value.length; i += 1) {
    const code = value.charCodeAt(i);
    if (code === POINT && i > 0 && i < value.length - 1) points += 1;
    else if (code < NOUGHT || code > NINE) return false;
  }
  return points <= 1;
}

/** What is wrong with a frame that the checks by hand have not taken, in the words of its schema. */
export function wrongFrame(schema: z.ZodType, raw: unknown): Error {
  const { error } = schema.safeParse(raw);
  return error ?? new TypeError(`a frame must have its fields, was ${JSON.stringify(raw)?.slice(0, 200)}`);
}
