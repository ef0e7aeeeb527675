import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseStageConfig, type StageConfig } from '../src/compose/stage-config.ts';
import { AresError } from '../src/core/ares-error.ts';

const STAGES = fileURLToPath(new URL('stages/', import.meta.url));

/**
 * A stage as its file describes it.
 *
 * @throws AresError `STAGE_MISSING` naming the stages there are, `STAGE_INVALID`
 */
export function loadStage(stage: string, directory = STAGES): StageConfig {
  const where = `infra/stages/${stage}.json`;
  const config = parseStageConfig(read(stage, where, directory), where);
  if (config.stage === stage) return config;
  throw new AresError(
    'STAGE_INVALID',
    `${where}: stage must be "${stage}", as its file is called, was "${config.stage}"`,
  );
}

function read(stage: string, where: string, directory: string): string {
  const known = stagesIn(directory);
  if (known.includes(stage)) return readFileSync(`${directory}/${stage}.json`, 'utf8');
  const are =
    known.length === 0 ? 'there is none yet' : `there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`;
  throw new AresError('STAGE_MISSING', `stage must have a file ${where}, ${are}. ./ares init ${stage} writes one`, {
    stage,
    known,
  });
}

const stagesIn = (directory: string): readonly string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
