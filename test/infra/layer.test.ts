import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildLayer } from '../../layers/onnxruntime/build-layer.ts';
import { copyRuntime, type Platform } from '../../layers/onnxruntime/copy-runtime.ts';
import { INPUT_NAME, OUTPUT_NAME } from '../../src/adapters/inference/onnx-writer.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { runNode } from './support/run-node.ts';
import { signedModel } from './support/signed-model.ts';

const here: Platform = process.arch === 'arm64' ? 'arm64' : 'x64';

const filesOf = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(directory, path)).isFile())
    .sort();

function digestOf(directory: string): string {
  const hash = createHash('sha256');
  for (const path of filesOf(directory)) hash.update(path).update(readFileSync(join(directory, path)));
  return hash.digest('hex');
}

/** What a CommonJS program does that finds the runtime where NODE_PATH points. */
const PREDICT = `
const ort = require('onnxruntime-node');
const [file, row] = process.argv.slice(1);
ort.InferenceSession.create(file, { logSeverityLevel: 4 })
  .then((session) => session.run({ ${INPUT_NAME}: new ort.Tensor('float32', Float32Array.from(JSON.parse(row)), [1, JSON.parse(row).length]) }))
  .then(({ ${OUTPUT_NAME}: { data } }) => console.log(data[1]));
`;

describe('the layer with ONNX Runtime', () => {
  it('predicts from a clean directory where NODE_PATH points at it, and nothing else is installed', async () => {
    const layer = temporaryDirectory();
    const cwd = temporaryDirectory();
    buildLayer(layer, here);
    const { bytes, row, expected } = signedModel();
    writeFileSync(join(cwd, 'model.onnx'), bytes);
    const args = ['--eval', PREDICT, 'model.onnx', JSON.stringify(row)];
    const alone = await runNode(args, { cwd });
    expect(alone.stderr).toContain("Cannot find module 'onnxruntime-node'");
    const { stdout, stderr } = await runNode(args, { cwd, env: { NODE_PATH: join(layer, 'nodejs/node_modules') } });
    expect(stderr).toBe('');
    expect(Number(stdout)).toBeCloseTo(expected, 6);
  });

  it('has under 40 MB unzipped on the platform that functions run on, and holds one platform, code and nothing else', () => {
    const layer = temporaryDirectory();
    const bytes = buildLayer(layer, 'arm64');
    expect(bytes).toBeLessThan(40_000_000);
    const files = filesOf(layer);
    expect(bytes).toBe(files.reduce((sum, path) => sum + statSync(join(layer, path)).size, 0));
    expect(files.filter((path) => !/\.(js|json)$/.test(path))).toEqual([
      'nodejs/node_modules/onnxruntime-node/bin/napi-v6/linux/arm64/libonnxruntime.so.1',
      'nodejs/node_modules/onnxruntime-node/bin/napi-v6/linux/arm64/onnxruntime_binding.node',
    ]);
    expect(files, 'what predictions at once are made with').toContain(
      'nodejs/node_modules/onnxruntime-node/dist/binding.js',
    );
    const machine = readFileSync(join(layer, files.find((path) => path.endsWith('.so.1')) ?? '')).readUInt16LE(18);
    expect(machine, 'AArch64 in an ELF header').toBe(0xb7);
  });

  it('is the same, byte for byte, when it is built again over an older one', () => {
    const [first, second] = [temporaryDirectory(), temporaryDirectory()];
    writeFileSync(join(second, 'left over'), 'from before');
    buildLayer(first, 'arm64');
    buildLayer(second, 'arm64');
    expect(digestOf(second)).toBe(digestOf(first));
  });

  it('is refused when it is larger than Lambda should unpack', () => {
    expect(() => buildLayer(temporaryDirectory(), 'arm64', 20_000_000)).toThrow(
      /^the layer for arm64 must have at most 20000000 bytes unzipped, had 2\d{7}$/,
    );
  });

  it('is refused for a platform that is not installed', () => {
    expect(() => copyRuntime(temporaryDirectory(), ['riscv64' as Platform])).toThrow(/riscv64 must hold a binding/);
  });
});
