import { createPowertoolsLog } from '../../adapters/aws/powertools-log.ts';
import type { Log } from '../../core/ports/log.ts';
import { readEnv } from '../env.ts';

let built: Log | undefined;

export const log = (): Log => {
  const { ARES_LOG_LEVEL: level, ARES_STAGE: stage } = readEnv();
  built ??= createPowertoolsLog(level, `ares-${stage}`);
  return built;
};
