import { readFile } from 'node:fs/promises';
import { broken, examine, type Finding, ok, warning } from './finding.ts';

const REINSTALL = 'Run "npm ci" in the directory of Ares.';

/** Whether this is the Node that the lockfile pins, so that the tools, the machine and Lambda run the same. */
export function checkNode(): Promise<Finding> {
  return examine('node', REINSTALL, async () => {
    const text = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
    const { optionalDependencies } = JSON.parse(text) as {
      readonly optionalDependencies: Readonly<Record<string, string>>;
    };
    // The packages are named after the platform, in two spellings, and Windows without its number.
    const platform = `${process.platform.replace('win32', 'win')}-${process.arch}`;
    const pinned = optionalDependencies[`node-${platform}`] ?? optionalDependencies[`node-bin-${platform}`];
    const was = process.versions.node;
    if (was === pinned) return ok('node', `Node ${was}, as pinned`);
    const message = `Node must be ${pinned}, was ${was} (${process.execPath})`;
    const [major] = was.split('.');
    return pinned?.split('.')[0] === major ? warning('node', message, REINSTALL) : broken('node', message, REINSTALL);
  });
}

/** Whether the native inference runtime can be loaded on this machine. */
export function checkInference(): Promise<Finding> {
  const remedy = `${REINSTALL} ONNX Runtime needs Linux x64 or arm64 with glibc, macOS arm64, or Windows.`;
  return examine('inference', remedy, async () => {
    await import('#port/predictor-loader');
    return ok('inference', 'ONNX Runtime loads');
  });
}
