import * as z from 'zod';
import { AresError } from '../../src/core/ares-error.ts';

/** A whole number within bounds, as a query writes it. */
export const wholeNumber = (min: number, max: number) => {
  const must = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, must)
    .transform(Number)
    .refine((value) => value >= min && value <= max, must);
};

/** @throws AresError `QUERY_INVALID` naming each parameter, what it must be and what it was */
export function parseQuery<S extends z.ZodObject>(schema: S, query: Readonly<Record<string, string>>): z.infer<S> {
  const parsed = z.strictObject(schema.shape).safeParse(query);
  if (parsed.success) return parsed.data as z.infer<S>;
  const known = Object.keys(schema.shape).join(', ') || 'none';
  const lines = parsed.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys')
      return `parameters must be among: ${known}; was "${issue.keys.join('", "')}"`;
    const name = String(issue.path[0]);
    return `${name} ${issue.message}, was "${query[name]}"`;
  });
  throw new AresError('QUERY_INVALID', lines.join('; '));
}
