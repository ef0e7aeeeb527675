import { pinoLog } from '../../adapters/local/pino-log.ts';
import { readEnv } from '../env.ts';

export const log = pinoLog(readEnv().ARES_LOG_LEVEL);
