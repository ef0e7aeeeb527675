import { systemRandom } from '../../adapters/local/system-random.ts';
import type { Random } from '../../core/ports/random.ts';
import { readEnv } from '../env.ts';

let built: Random | undefined;

export const random = (): Random => {
  built ??= systemRandom(readEnv().ARES_SEED);
  return built;
};
