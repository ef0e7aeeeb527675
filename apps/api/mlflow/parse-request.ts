import type * as z from 'zod';
import { MlflowError } from '../../../src/core/tracking/mlflow-error.ts';

const HINT = 'See the API docs for more information about request parameters.';

/** @throws MlflowError `INVALID_PARAMETER_VALUE` in the genuine server's words */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input, { reportInput: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = pathText(issue?.path ?? []);
  if (issue?.input === undefined) throw invalid(`Missing value for required parameter '${name}'. ${HINT}`);
  throw invalid(
    `Invalid value ${JSON.stringify(issue.input)} for parameter '${name}' supplied: ${issue.message}. ${HINT}`,
  );
}

/** `metrics[0].key` */
const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');

const invalid = (message: string): MlflowError => new MlflowError('INVALID_PARAMETER_VALUE', message);
