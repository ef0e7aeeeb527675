import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AresError } from '../../src/core/ares-error.ts';

/**
 * A file in the folder that an environment variable names.
 *
 * @throws AresError `BENCH_DATA_MISSING`
 */
export function fileOf(variable: string, name: string): string {
  const folder = process.env[variable];
  const path = folder ? join(folder, name) : undefined;
  if (path !== undefined && existsSync(path)) return path;
  const was = folder ? `was "${folder}", which has none` : 'was not set';
  throw new AresError('BENCH_DATA_MISSING', `${variable} must name the folder that holds ${name}, ${was}`, {
    variable,
    name,
  });
}
