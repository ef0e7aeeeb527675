import type * as z from 'zod';

/** What stands at a path in something that was parsed. */
function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  return value;
}

/** The type of an issue in words: what would have been right. */
function mustBe(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${/^[aeio]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected === 'int' ? 'whole number' : issue.expected}`;
    case 'too_small':
      return `must be ${issue.inclusive ? 'at least' : 'above'} ${issue.minimum}`;
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'below'} ${issue.maximum}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'unrecognized_keys':
      return `must have no ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
    case 'invalid_union':
      return 'must be one of the kinds there are';
    default:
      return issue.message;
  }
}

/**
 * Says of everything that is wrong with an input what it must be and what it was.
 *
 * Of a union only the branch that came closest is spoken of.
 */
export function mustWas(error: z.ZodError, input: unknown): string {
  const lines = error.issues
    .flatMap((issue) => closest(issue))
    .map((issue) => {
      const was = JSON.stringify(valueAt(input, issue.path)) ?? 'missing';
      const at = issue.path.map(String).join('.');
      return `${at === '' ? 'the body' : at} ${mustBe(issue)}, was ${was.length > 120 ? `${was.slice(0, 120)}…` : was}`;
    });
  return lines.join('; ');
}

/** The issues of the branch of a union that fits best: the one whose kind was right, if any. */
function closest(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const branches = issue.errors.map((errors) => errors.flatMap((each) => closest(each)));
  const depth = (errors: readonly z.core.$ZodIssue[]): number => Math.max(0, ...errors.map(({ path }) => path.length));
  const best = branches.reduce((a, b) =>
    depth(b) > depth(a) || (depth(b) === depth(a) && b.length < a.length) ? b : a,
  );
  return best.map((each) => ({ ...each, path: [...issue.path, ...each.path] }) as z.core.$ZodIssue);
}
