import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AresError } from '../../src/core/ares-error.ts';
import { copyRuntime, type Platform } from './copy-runtime.ts';

/**
 * Bytes a layer may have, unzipped.
 *
 * Functions run on arm64. The x64 library of ONNX Runtime 1.30 has 45.8 MB, holds no symbols or debug sections that could be stripped, and is for tests on x64 machines.
 */
const layerLimits: Readonly<Record<Platform, number>> = { arm64: 40_000_000, x64: 48_000_000 };

/**
 * Writes the layer of one platform, a directory to be zipped, and returns its size in bytes.
 *
 * @param directory is emptied first
 * @throws AresError `LAYER_TOO_LARGE`; `RUNTIME_INCOMPLETE`
 */
export function buildLayer(directory: string, platform: Platform, limit = layerLimits[platform]): number {
  rmSync(directory, { recursive: true, force: true });
  copyRuntime(join(directory, 'nodejs/node_modules'), [platform]);
  const bytes = sizeOf(directory);
  if (bytes <= limit) return bytes;
  throw new AresError(
    'LAYER_TOO_LARGE',
    `the layer for ${platform} must have at most ${limit} bytes unzipped, had ${bytes}`,
    { bytes, limit },
  );
}

function sizeOf(directory: string): number {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((path) => statSync(join(directory, path)))
    .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0);
}
