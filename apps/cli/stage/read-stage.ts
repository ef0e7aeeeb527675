import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { readEnv } from '../../../src/compose/env.ts';
import { envOfOutputs, type StackOutputs } from '../../../src/compose/stage-outputs.ts';
import { AresError, messageOf } from '../../../src/core/ares-error.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');
const outputsSchema = z.record(z.string(), z.record(z.string(), z.string()));

const deployCommand = (stage: string): string =>
  `npx --no-install cdk deploy --all -c stage=${stage} --outputs-file cdk-outputs.json`;

function readOutputs(path: string, stage: string): StackOutputs {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new AresError(
      'OUTPUTS_MISSING',
      `${path} must be what the deployment wrote, cannot be read (${messageOf(error)}). Deploy with "${deployCommand(stage)}", or name the file with ARES_OUTPUTS.`,
      { path },
      error,
    );
  }
  try {
    return outputsSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new AresError(
      'OUTPUTS_INVALID',
      `${path} must be the JSON that "cdk deploy --outputs-file" writes, was not. Write it again with "${deployCommand(stage)}".`,
      { path },
      error,
    );
  }
}

/** Of the stack's name: that of one stage may begin with that of another. */
const stageOf = (stack: string): string | undefined =>
  /^ares-(.+)-(?:state|functions|trading|observability)$/.exec(stack)?.[1];

/** Names of keys and topics say in which region they are; nothing else of the stage is in another one. */
const regionOf = (env: Readonly<Record<string, string>>): string | undefined =>
  Object.values(env)
    .map((value) => /^arn:[^:]+:(?:kms|sns):([a-z0-9-]+):/.exec(value)?.[1])
    .find((region) => region !== undefined);

/**
 * The environment of a deployed stage, from what its deployment wrote: the file that ARES_OUTPUTS names, or `cdk-outputs.json` beside `package.json`.
 *
 * It includes AWS_REGION, so that a shell set to another region still reaches the stage. Credentials are the shell's.
 *
 * @throws AresError `OUTPUTS_MISSING`, `OUTPUTS_INVALID`, `STAGE_UNKNOWN` naming the stages there are
 */
export function readStage(stage: string, slot: SlotId | undefined): Record<string, string> {
  const { ARES_OUTPUTS: named } = readEnv();
  const path = named === undefined ? join(REPOSITORY, 'cdk-outputs.json') : resolve(named);
  const outputs = readOutputs(path, stage);
  const own = Object.entries(outputs).filter(([stack]) => stageOf(stack) === stage);
  if (own.length === 0) {
    const known = [...new Set(Object.keys(outputs).flatMap((stack) => stageOf(stack) ?? []))];
    throw new AresError(
      'STAGE_UNKNOWN',
      `stage must be one of those in ${path} (${known.join(', ') || 'there are none'}), was ${stage}. To add it: "${deployCommand(stage)}".`,
      { path, known },
    );
  }
  const env = envOfOutputs(Object.fromEntries(own), slot);
  const region = regionOf(env);
  // Known by the naming rule also while only the tables are deployed.
  const byRule = { ARES_STAGE: stage, ARES_FUNCTION_PREFIX: `ares-${stage}-` };
  return { ...byRule, ...env, ...(region === undefined ? {} : { AWS_REGION: region }) };
}
