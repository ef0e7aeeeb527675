/**
 * Builds what is deployed, into dist/: every function of the wiring table, the layer with ONNX Runtime, and the trader.
 *
 * npm run bundle [-- [functions] [layer] [trader] [--platform arm64|x64]... [--out DIRECTORY]]
 *
 * Without parts, all of them; without platforms, both: a layer for each, and a trader that runs on either.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildLayer } from '../layers/onnxruntime/build-layer.ts';
import { type Platform, platforms } from '../layers/onnxruntime/copy-runtime.ts';
import { AresError, messageOf } from '../src/core/ares-error.ts';
import type { CodeBundle } from './bundle/bundle-code.ts';
import { bundleFunctions } from './bundle/bundle-functions.ts';
import { bundleTrader } from './bundle/bundle-trader.ts';

const PARTS = ['functions', 'layer', 'trader'];

function oneOf<T extends string>(what: string, names: readonly T[], text: string): T {
  const name = names.find((known) => known === text);
  if (name) return name;
  throw new AresError('USAGE', `${what} must be one of ${names.join(', ')}, was "${text}"`);
}

function say(bundles: readonly (CodeBundle & { readonly name: string })[]): void {
  for (const { name, code, inputs } of bundles) {
    const largest = inputs.slice(0, 3).map(({ from, bytes }) => `${from} ${Math.round(bytes / 1e3)}`);
    const size = `${Math.round(code.length / 1e3)} kB`;
    console.log(`${name.padEnd(22)} ${size.padStart(8)}  largest: ${largest.join(', ')}`);
  }
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      platform: { type: 'string', multiple: true, default: [...platforms] },
      out: { type: 'string', default: fileURLToPath(new URL('../dist', import.meta.url)) },
    },
  });
  const parts = (positionals.length > 0 ? positionals : PARTS).map((text) => oneOf('a part', PARTS, text));
  const wanted = values.platform.map((text): Platform => oneOf('a platform', platforms, text));
  if (parts.includes('functions')) say(await bundleFunctions(values.out));
  for (const platform of parts.includes('layer') ? wanted : []) {
    const bytes = buildLayer(join(values.out, `layers/onnxruntime-linux-${platform}`), platform);
    console.log(`layer for ${platform.padEnd(12)} ${(bytes / 1e6).toFixed(1).padStart(5)} MB unzipped`);
  }
  if (parts.includes('trader')) say(await bundleTrader(values.out, wanted));
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
