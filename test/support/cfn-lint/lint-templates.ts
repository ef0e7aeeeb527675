import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';
import { pythonEnvironment } from '../python/python-environment.ts';

const findingSchema = z.object({
  Filename: z.string(),
  Level: z.enum(['Error', 'Warning', 'Informational']),
  Message: z.string(),
  Rule: z.object({ Id: z.string() }),
  Location: z.object({ Path: z.array(z.union([z.string(), z.number()])).nullable() }),
});

export type LintFinding = z.infer<typeof findingSchema>;

/** Says in one line on the console what is missing, and returns `undefined`, where there is no Python; where CI is "true" it throws. */
export const cfnLintPython = (): string | undefined => pythonEnvironment(join(import.meta.dirname, 'requirements.txt'));

/**
 * Errors and warnings of cfn-lint in templates.
 *
 * @throws Error when the linter itself fails
 */
export function lintTemplates(python: string, templates: readonly string[]): readonly LintFinding[] {
  const args = [
    '-c',
    'from cfnlint.runner import main; main()',
    '--format',
    'json',
    '--non-zero-exit-code',
    'none',
    '--template',
    ...templates,
  ];
  const { status, stdout, stderr, error } = spawnSync(python, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`cfn-lint must end with 0, ended with ${status}: ${error?.message ?? stderr}`);
  return z.array(findingSchema).parse(JSON.parse(stdout === '' ? '[]' : stdout));
}
