import type * as z from 'zod';
import { AresError } from '../core/ares-error.ts';
import { parseSlotId, type SlotId } from '../core/models/slot.ts';
import { stageDangers } from './stage-dangers.ts';
import { type StageFields, stageFields } from './stage-fields.ts';

/** One deployment. Unsafe combinations do not parse. */
export const stageConfigSchema = stageFields.superRefine((config, context) => {
  for (const { path, message } of stageDangers(config)) context.addIssue({ code: 'custom', path: [...path], message });
});

export type StageConfig = StageFields;
export type StageSlot = StageConfig['slots'][number];

/** The id under which a slot of the configuration is known everywhere else. */
export const slotIdOf = ({ account, strategy, symbol, timeframe }: StageSlot): SlotId => {
  const id = `${account}:${strategy}:${symbol}:${timeframe}`;
  parseSlotId(id);
  return id as SlotId;
};

/** What the name of everything that belongs to a stage on AWS begins with. */
export const prefixOf = ({ stage }: Pick<StageConfig, 'stage'>): string => `ares-${stage}-`;

/**
 * A checked stage, from the text of its file or from what that text holds.
 *
 * @param where names the source in the error
 * @throws AresError `STAGE_INVALID` naming every field that is wrong, what it must be and what it was
 */
export function parseStageConfig(source: unknown, where: string): StageConfig {
  const value = typeof source === 'string' ? parseJson(source, where) : source;
  const parsed = stageConfigSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => describeIssue(issue, value));
  throw new AresError('STAGE_INVALID', `${where}: ${problems.join('; ')}`, { where, problems });
}

function parseJson(source: string, where: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new AresError('STAGE_INVALID', `${where} must be JSON: ${(error as Error).message}`, { where }, error);
  }
}

function describeIssue(issue: z.core.$ZodIssue, root: unknown): readonly string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${[...issue.path, key].join('.')} must not be there: no field has this name`);
  const was = issue.path.reduce<unknown>(
    (value, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step],
    root,
  );
  const shown = was === undefined ? 'missing' : (JSON.stringify(was) ?? String(was)).slice(0, 100);
  return [`${issue.path.join('.') || 'stage'} ${issue.message}, was ${shown}`];
}
