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
  const was = JSON.stringify(valueAt(candidate, issue.path)) ?? 'nothing';
  return [{ field: issue.path.join('.'), reason: `${issue.message}, was ${was}` }];
}

function valueAt(candidate: unknown, path: readonly PropertyKey[]): unknown {
  let value = candidate;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}
