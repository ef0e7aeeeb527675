import type * as z from 'zod';
import { type LiveConfig, liveConfigSchema } from './live-config.ts';

/** One field that is not as it must be. */
export interface ConfigProblem {
  /** Dotted path: `risk.maxOrderNotional`. */
  readonly field: string;
  readonly reason: string;
}

export type ConfigValidation =
  | { readonly ok: true; readonly config: LiveConfig }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Checks a whole configuration, naming every field that is wrong, what it must be and what it was. */
export function validateConfig(candidate: unknown): ConfigValidation {
  const parsed = liveConfigSchema.safeParse(candidate);
  if (parsed.success) return { ok: true, config: parsed.data };
  return { ok: false, problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, candidate)) };
}

function problemsOf(issue: z.core.$ZodIssue, candidate: unknown): readonly ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: [...issue.path, key].join('.'),
      reason: 'must not be there: no setting has this name',
    }));
  }
  const was = shown(valueAt(candidate, issue.path));
  return [{ field: issue.path.join('.') || 'configuration', reason: `${issue.message}, was ${was}` }];
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100));
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** The path comes from the check of this very value, so each step but the last is there. */
function valueAt(candidate: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value, step) => (value as Readonly<Record<PropertyKey, unknown>>)[step], candidate);
}
