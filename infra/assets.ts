import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { StageConfig } from '../src/compose/stage-config.ts';
import { AresError } from '../src/core/ares-error.ts';

/** Where the built code lies; tests and other builds put theirs in its place. */
export interface Assets {
  /** The directory with a function's `index.mjs`. */
  functionBundle(name: string): string;
  /** The directory with the native inference runtime, as a layer has it. */
  onnxruntimeLayer(platform: StageConfig['platform']): string;
  /** The directory that the trader's image is built from: `apps/trader/Dockerfile` and what it copies. */
  readonly trader: string;
}

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

function built(path: string): string {
  if (existsSync(path)) return path;
  throw new AresError('BUNDLE_MISSING', `${path} must be built before it is deployed: run "npm run bundle"`, { path });
}

/** What `npm run bundle` has built. Each of its functions throws AresError `BUNDLE_MISSING` where it has not. */
export const builtAssets: Assets = {
  functionBundle: (name) => built(`${dist}functions/${name}`),
  onnxruntimeLayer: (platform) => built(`${dist}layers/onnxruntime-linux-${platform}`),
  trader: fileURLToPath(new URL('../', import.meta.url)),
};
