import { tmpdir } from 'node:os';
import { osSystemProbe } from '../../adapters/local/os-system-probe.ts';
import type { SystemProbe } from '../../core/ports/system-probe.ts';
import { readEnv } from '../env.ts';

const MEBIBYTE = 1024 * 1024;

let built: SystemProbe | undefined;

/** A Lambda's own memory limit and disk; in a container the limits of its control group. */
export const systemProbe = (): SystemProbe => {
  const { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: mebibytes } = readEnv();
  built ??= osSystemProbe(
    tmpdir(),
    mebibytes === undefined ? {} : { memoryLimitBytes: mebibytes * MEBIBYTE, frozenBetweenSamples: true },
  );
  return built;
};
