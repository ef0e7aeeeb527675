import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { AresError } from '../../src/core/ares-error.ts';
import { binanceOnly } from './binance-only.ts';
import { httpWithoutFetch } from './http-without-fetch.ts';
import { literalSchemaKeys } from './literal-schema-keys.ts';
import { nativeRuntime } from './native-runtime.ts';
import { roleCredentials } from './role-credentials.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Packages written for `require` ask for Node's own modules with it. */
const BANNER = `import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);`;

export interface CodeBundle {
  /** Relative to the repository. */
  readonly entry: string;
  readonly code: Uint8Array;
  readonly sourceMap: Uint8Array;
  /** Minified bytes by package, or by folder for our own code; largest first. */
  readonly inputs: readonly { readonly from: string; readonly bytes: number }[];
  /** Whether it needs ONNX Runtime beside it. */
  readonly needsRuntime: boolean;
}

/**
 * Bundles one entry with the ports of AWS into one minified ES module for Node 24; the same sources give the same bytes.
 *
 * @param entry TypeScript file, relative to the repository
 * @param file name of the bundle, which its source map carries
 * @throws AresError `BUNDLE_INVALID` when ports of another place would come along; esbuild's error when something cannot be resolved
 */
export async function bundleCode(
  entry: string,
  file: string,
  options: { readonly httpClient: 'own' | 'platform' },
): Promise<CodeBundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: `dist/${file}`,
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    // Node prints the line of an error nobody caught: it must be one that can be read.
    lineLimit: 160,
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: BANNER },
    // `module` comes by itself only where no condition is named. With it, and the field of that name, the AWS SDK is taken as modules of which unused parts fall away.
    conditions: ['aws', 'module'],
    mainFields: ['module', 'main'],
    plugins: [binanceOnly(options.httpClient), roleCredentials, nativeRuntime, httpWithoutFetch, literalSchemaKeys],
    logLevel: 'silent',
  });
  const code = outputFiles.find(({ path }) => path.endsWith(file));
  const sourceMap = outputFiles.find(({ path }) => path.endsWith('.map'));
  if (!code || !sourceMap) throw new Error(`esbuild must write ${file} and its map, wrote ${outputFiles.length} files`);
  refuseOtherPorts(entry, Object.keys(metafile.inputs));
  return {
    entry,
    code: code.contents,
    sourceMap: sourceMap.contents,
    inputs: byOrigin(metafile),
    needsRuntime: Object.keys(metafile.inputs).some((path) => path.startsWith('native-runtime:')),
  };
}

function refuseOtherPorts(entry: string, inputs: readonly string[]): void {
  const other = inputs.filter((path) => /^src\/compose\/(local\/|unbound\.ts)/.test(path));
  if (other.length === 0) return;
  throw new AresError('BUNDLE_INVALID', `${entry} must use the ports of AWS only, would bring ${other.join(', ')}`);
}

function byOrigin({ outputs }: Metafile): CodeBundle['inputs'] {
  const bytesOf = new Map<string, number>();
  const code = Object.entries(outputs).find(([path]) => !path.endsWith('.map'))?.[1];
  for (const [path, { bytesInOutput }] of Object.entries(code?.inputs ?? {})) {
    const from = path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? path.split('/').slice(0, 2).join('/');
    bytesOf.set(from, (bytesOf.get(from) ?? 0) + bytesInOutput);
  }
  return Array.from(bytesOf, ([from, bytes]) => ({ from, bytes })).sort((a, b) => b.bytes - a.bytes);
}
