import { pinoLog } from '../../adapters/local/pino-log.ts';
import type { Log } from '../../core/ports/log.ts';
import { readEnv } from '../env.ts';

let built: Log | undefined;

export const log = (): Log => {
  built ??= pinoLog(readEnv().ARES_LOG_LEVEL);
  return built;
};
