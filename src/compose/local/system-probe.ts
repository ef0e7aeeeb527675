import { osSystemProbe } from '../../adapters/local/os-system-probe.ts';
import { readEnv } from '../env.ts';

export const systemProbe = osSystemProbe(readEnv().ARES_DATA_DIR);
