import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FunctionName, functions } from '../../src/compose/wiring.ts';
import { AresError } from '../../src/core/ares-error.ts';
import { bundleCode, type CodeBundle } from './bundle-code.ts';

/** Bytes a function's bundle may have, minified. */
export const FUNCTION_LIMIT = 1_500_000;

interface FunctionBundleOptions {
  readonly limit?: number;
  readonly names?: readonly FunctionName[];
}

/** Lambda's handler is then `index.handler`. */
const FILE = 'index.mjs';

/**
 * Writes `functions/<name>/index.mjs` for each row of the wiring table, and its source map to `source-maps/<name>/`.
 *
 * @param out directory for both; its `functions` are replaced when all bundles are good
 * @param options `limit` of a bundle in bytes, `names` of other rows than all
 * @throws AresError `BUNDLE_TOO_LARGE` naming what takes the room; what `bundleCode` throws
 */
export async function bundleFunctions(
  out: string,
  { limit = FUNCTION_LIMIT, names = functions.map(({ name }) => name) }: FunctionBundleOptions = {},
): Promise<readonly (CodeBundle & { readonly name: string })[]> {
  const bundles = await Promise.all(
    names.map(async (name) => ({
      name,
      ...(await bundleCode(`functions/${name}/handler.ts`, FILE, { httpClient: 'platform' })),
    })),
  );
  for (const bundle of bundles) refuseLarge(bundle, limit);
  rmSync(join(out, 'functions'), { recursive: true, force: true });
  for (const { name, code, sourceMap } of bundles) {
    write(join(out, 'functions', name), FILE, code);
    write(join(out, 'source-maps', name), `${FILE}.map`, sourceMap);
  }
  return bundles;
}

function refuseLarge({ entry, code, inputs }: CodeBundle, limit: number): void {
  if (code.length <= limit) return;
  const largest = inputs.slice(0, 5).map(({ from, bytes }) => `${from} ${bytes}`);
  throw new AresError(
    'BUNDLE_TOO_LARGE',
    `${entry} must bundle into at most ${limit} bytes, was ${code.length}; most take ${largest.join(', ')}`,
    { bytes: code.length, limit },
  );
}

function write(directory: string, file: string, content: Uint8Array): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, file), content);
}
