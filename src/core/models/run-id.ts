import * as z from 'zod';
import { AresError } from '../ares-error.ts';

/** Names a training run and the model that came out of it; unique in its slot. */
export type RunId = string & { readonly __brand: 'RunId' };

const PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const RULE = 'run id must be 1 to 128 letters, digits, ".", "_" or "-", beginning with a letter or digit';

export const runIdSchema = z
  .string()
  .regex(PATTERN, RULE)
  .transform((text) => text as RunId);

/** @throws AresError `RUN_ID_INVALID` */
export function parseRunId(text: string): RunId {
  if (!PATTERN.test(text)) throw new AresError('RUN_ID_INVALID', `${RULE}, was "${text}"`);
  return text as RunId;
}
