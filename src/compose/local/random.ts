import { systemRandom } from '../../adapters/local/system-random.ts';
import { readEnv } from '../env.ts';

export const random = systemRandom(readEnv().ARES_SEED);
