import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyRuntime, type Platform } from '../../layers/onnxruntime/copy-runtime.ts';
import { bundleCode, type CodeBundle } from './bundle-code.ts';

/**
 * Writes `trader/`, a directory that needs nothing but Node: `main.mjs`, the health check, and ONNX Runtime for the named platforms; source maps go to `source-maps/trader/`.
 *
 * @param out directory for both; its `trader` is replaced
 * @throws what `bundleCode` and `copyRuntime` throw
 */
export async function bundleTrader(
  out: string,
  platforms: readonly Platform[],
): Promise<readonly (CodeBundle & { readonly name: string })[]> {
  const bundles = await Promise.all(
    ['main', 'check-health'].map(async (part) => ({
      name: `trader/${part}`,
      file: `${part}.mjs`,
      // Of its REST calls some are orders' last resort: they go over the connections that ccxt keeps open.
      ...(await bundleCode(`apps/trader/${part}.ts`, `${part}.mjs`, { httpClient: 'own' })),
    })),
  );
  const directory = join(out, 'trader');
  rmSync(directory, { recursive: true, force: true });
  for (const path of [directory, join(out, 'source-maps/trader')]) mkdirSync(path, { recursive: true });
  for (const { file, code, sourceMap } of bundles) {
    writeFileSync(join(directory, file), code);
    writeFileSync(join(out, 'source-maps/trader', `${file}.map`), sourceMap);
  }
  writeFileSync(
    join(directory, 'package.json'),
    `${JSON.stringify({ name: 'ares-trader', private: true, type: 'module' })}\n`,
  );
  copyRuntime(join(directory, 'node_modules'), platforms);
  return bundles;
}
