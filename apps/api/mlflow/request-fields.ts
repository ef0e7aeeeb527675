import * as z from 'zod';

/** The genuine server's word for what was given, in Python's names; the space before it is the genuine server's too. */
function hint(value: unknown): string {
  const kind = Array.isArray(value)
    ? 'list'
    : ({ string: 'str', boolean: 'bool', object: 'dict', number: Number.isInteger(value) ? 'int' : 'float' }[
        typeof value as string
      ] ?? typeof value);
  return ` Hint: Value was of type '${kind}'`;
}

const error = ({ input }: { readonly input?: unknown }) => hint(input);
/** Protobuf's JSON takes null, and MLflow an empty text, for nothing. */
const absent = (value: unknown) => (value === null || value === '' ? undefined : value);
const unset = (value: unknown) => (value === null ? undefined : value);

/** A text that must be there. */
export const requiredText = z.preprocess(absent, z.string({ error }));

/** A text, or `undefined`; an empty one is empty. */
export const optionalText = z.preprocess(unset, z.string({ error }).optional());

/** A text, empty when it is not there. */
export const textOrEmpty = z.preprocess(unset, z.string({ error }).default(''));

/** A list of texts; in a query one of them may stand alone. */
export const textList = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : unset(value)),
  z
    .array(z.unknown(), { error })
    .default([])
    .refine((texts): texts is string[] => texts.every((text) => typeof text === 'string'), { error }),
);

export const flag = z.preprocess(unset, z.boolean({ error }).default(false));

/** A whole number up to `max`, in a query as text. */
export const limit = (standard: number, max: number) =>
  z.preprocess(
    unset,
    z
      .union([z.number(), z.string()], { error })
      .default(standard)
      .refine((value) => /^\s*-?\d+\s*$/.test(String(value)) && Number(value) <= max, { error })
      .transform(Number),
  );

/** Tags as MLflow sends them, each with its key. */
export const tagList = z.preprocess(
  unset,
  z
    .array(z.object({ key: textOrEmpty, value: textOrEmpty }, { error }), { error })
    .default([])
    .transform((tags) => tags.map(({ key, value }) => [key, value] as const)),
);
