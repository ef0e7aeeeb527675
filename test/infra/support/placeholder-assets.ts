import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Assets } from '../../../infra/assets.ts';

/** Small directories in place of the bundles, so that a template needs no build; call `remove` at the end. */
export function placeholderAssets(): Assets & { remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'ares-assets-'));
  const directory = (path: string, file: string, text: string): string => {
    const full = join(root, path);
    mkdirSync(full, { recursive: true });
    writeFileSync(join(full, file), text);
    return full;
  };
  const imageContext = (): string => {
    directory('image/apps/trader', 'Dockerfile', 'FROM scratch\n');
    return join(root, 'image');
  };
  return {
    functionBundle: (name) => directory(`functions/${name}`, 'index.mjs', `// ${name}\n`),
    onnxruntimeLayer: (platform) => directory(`layers/${platform}`, 'runtime', platform),
    trader: imageContext(),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
