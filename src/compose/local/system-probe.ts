import { osSystemProbe } from '../../adapters/local/os-system-probe.ts';
import type { SystemProbe } from '../../core/ports/system-probe.ts';
import { readEnv } from '../env.ts';

let built: SystemProbe | undefined;

export const systemProbe = (): SystemProbe => {
  built ??= osSystemProbe(readEnv().ARES_DATA_DIR);
  return built;
};
