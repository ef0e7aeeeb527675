import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AresError } from '../../src/core/ares-error.ts';

const require = createRequire(import.meta.url);

export const platforms = ['arm64', 'x64'] as const;

/** The processor of a Linux that the runtime is for, in Node's words. */
export type Platform = (typeof platforms)[number];

/** Where Node-API binaries of the installed version lie inside onnxruntime-node. */
const BINARIES = 'bin/napi-v6/linux';

/** What `require` reads: no typings, source maps or other kinds of module. */
const isCode = (path: string): boolean => statSync(path).isDirectory() || /\.(js|json)$/.test(path);

/**
 * Copies the installed ONNX Runtime into a `node_modules`: what `require('onnxruntime-node')` reads on the named platforms, for the processor only.
 *
 * @throws AresError `RUNTIME_INCOMPLETE` when the installed package does not hold a platform
 */
export function copyRuntime(nodeModules: string, wanted: readonly Platform[]): void {
  const node = packageOf('onnxruntime-node');
  const common = packageOf('onnxruntime-common');
  copy(node, join(nodeModules, 'onnxruntime-node'), ['package.json', 'dist']);
  copy(common, join(nodeModules, 'onnxruntime-common'), ['package.json', 'dist/cjs']);
  for (const platform of wanted) {
    const from = join(node, BINARIES, platform);
    const found = existsSync(from) ? readdirSync(from) : [];
    const binding = found.find((file) => file.endsWith('_binding.node'));
    const library = found.find((file) => /^libonnxruntime\.so\.\d+$/.test(file));
    if (!binding || !library) {
      throw new AresError(
        'RUNTIME_INCOMPLETE',
        `${from} must hold a binding and libonnxruntime.so, held ${found.join(', ') || 'nothing'}`,
      );
    }
    // Graphics cards' providers, where an install script has fetched them, are other files and stay behind.
    for (const file of [binding, library]) {
      const to = join(nodeModules, 'onnxruntime-node', BINARIES, platform);
      mkdirSync(to, { recursive: true });
      cpSync(join(from, file), join(to, file), { dereference: true });
    }
  }
}

function copy(from: string, to: string, parts: readonly string[]): void {
  for (const part of parts) cpSync(join(from, part), join(to, part), { recursive: true, filter: isCode });
}

/** A package's directory; its package.json need not be exported. */
function packageOf(name: string): string {
  let directory = dirname(require.resolve(name));
  while (!existsSync(join(directory, 'package.json')) || !directory.endsWith(name)) directory = dirname(directory);
  return directory;
}
