import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildLayer } from '../../layers/onnxruntime/build-layer.ts';
import { bundleCode, type CodeBundle } from '../../scripts/bundle/bundle-code.ts';
import { bundleFunctions, FUNCTION_LIMIT } from '../../scripts/bundle/bundle-functions.ts';
import { withLiteralKeys } from '../../scripts/bundle/literal-schema-keys.ts';
import { functions } from '../../src/compose/wiring.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { importTime } from './support/import-time.ts';
import { startPaperMarket } from './support/paper-market.ts';
import { runNode } from './support/run-node.ts';
import { signedModel } from './support/signed-model.ts';
import { startStubAws } from './support/stub-aws.ts';

const out = mkdtempSync(join(tmpdir(), 'ares-bundles-'));
const layer = { NODE_PATH: join(out, 'layer/nodejs/node_modules') };
let bundles: Awaited<ReturnType<typeof bundleFunctions>>;

beforeAll(async () => {
  bundles = await bundleFunctions(out);
  buildLayer(join(out, 'layer'), process.arch === 'arm64' ? 'arm64' : 'x64');
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

const textOf = (name: string): string => readFileSync(join(out, 'functions', name, 'index.mjs'), 'utf8');
const codeOf = ({ code }: CodeBundle): string => Buffer.from(code).toString('base64');

/** Bundles a file of this folder as functions are, alone in a clean directory. */
async function bundled(file: string): Promise<string> {
  const cwd = temporaryDirectory();
  const { code } = await bundleCode(`test/infra/support/${file}.ts`, 'index.mjs', { httpClient: 'platform' });
  writeFileSync(join(cwd, 'index.mjs'), code);
  return cwd;
}

describe('the bundles of the functions', () => {
  it('are one file each, of at most 1.5 MB, that loads beside the layer and nothing else', async () => {
    expect(readdirSync(join(out, 'functions')).sort()).toEqual(functions.map(({ name }) => name).sort());
    const lines: string[] = [];
    for (const { name, code, inputs } of bundles) {
      expect(readdirSync(join(out, 'functions', name))).toEqual(['index.mjs']);
      expect(code.length, name).toBeLessThanOrEqual(FUNCTION_LIMIT);
      const cwd = temporaryDirectory();
      writeFileSync(join(cwd, 'index.mjs'), code);
      const { milliseconds, exports } = await importTime(join(cwd, 'index.mjs'), { cwd, env: layer });
      expect(exports).toEqual(['handler']);
      const largest = inputs.slice(0, 3).map(({ from, bytes }) => `${from} ${Math.round(bytes / 1e3)}`);
      lines.push(
        `${name.padEnd(18)} ${String(Math.round(code.length / 1e3)).padStart(5)} kB  import ${milliseconds.toFixed(0).padStart(4)} ms  ${largest.join(', ')}`,
      );
    }
    console.log(lines.join('\n'));
  });

  it('are the same bytes when they are built again, somewhere else', async () => {
    const again = await bundleFunctions(temporaryDirectory(), { names: ['analyze-market', 'relay-outbox'] });
    for (const bundle of again) expect(codeOf(bundle)).toBe(codeOf(bundles.find(({ name }) => name === bundle.name)!));
    expect(again).toHaveLength(2);
  });

  it('come with source maps, which are kept apart from what is deployed', () => {
    for (const { name } of functions) {
      const map = JSON.parse(readFileSync(join(out, 'source-maps', name, 'index.mjs.map'), 'utf8'));
      expect(map.sources.some((path: string) => path.endsWith(`functions/${name}/handler.ts`))).toBe(true);
      expect(textOf(name)).not.toContain('sourceMappingURL');
    }
  });

  it('are refused when one is too large, naming what takes the room, and the good ones from before stay', async () => {
    const directory = temporaryDirectory();
    const before = join(directory, 'functions/analyze-market/index.mjs');
    mkdirSync(join(before, '..'), { recursive: true });
    writeFileSync(before, 'as it was');
    await expect(bundleFunctions(directory, { names: ['analyze-market'], limit: 1_000_000 })).rejects.toThrow(
      /^functions\/analyze-market\/handler\.ts must bundle into at most 1000000 bytes, was \d+; most take ccxt \d+, /,
    );
    expect(readFileSync(before, 'utf8')).toBe('as it was');
    expect(existsSync(join(directory, 'source-maps'))).toBe(false);
  });

  it('hold the ports of AWS only: one that names a port of one machine is refused', async () => {
    await expect(bundled('take-local-port')).rejects.toThrow(
      'must use the ports of AWS only, would bring src/compose/local/monotonic.ts',
    );
  });

  it('load nothing of fetch before they use it', async () => {
    const loaded = `await import(process.argv[1]); console.log(process.moduleLoadList.filter((name) => /undici/.test(name)).join());`;
    for (const name of ['relay-outbox', 'check-promotion', 'serve-registry']) {
      const file = join(out, 'functions', name, 'index.mjs');
      const { stdout, stderr } = await runNode(['--input-type=module', '--eval', loaded, file], { cwd: out });
      expect({ name, stdout, stderr }).toEqual({ name, stdout: '\n', stderr: '' });
    }
  });

  it('hold no path of their own sources, which would lead nowhere once they are deployed', () => {
    for (const { name } of functions) {
      expect(textOf(name).match(/import\.meta\.url/g), name).toHaveLength(1);
      expect(textOf(name), name).not.toMatch(/__dirname|__filename/);
    }
  });
});

describe('the registry', () => {
  const bundle = () => bundles.find(({ name }) => name === 'serve-registry')!;

  it('is at most 1 MB, without the native runtime, and is imported in 100 ms of a processor that has nothing else to do', async () => {
    expect(bundle().code.length).toBeLessThanOrEqual(1_000_000);
    expect(bundle().needsRuntime).toBe(false);
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'index.mjs'), bundle().code);
    // The processor's time, and the best of several: what else runs on this machine is no part of it.
    const measure = `const before = process.cpuUsage(); await import(process.argv[1]); const { user, system } = process.cpuUsage(before); console.log((user + system) / 1e3);`;
    const times: number[] = [];
    while (times.length < 25 && !times.some((ms) => ms <= 100)) {
      const { stdout } = await runNode(['--input-type=module', '--eval', measure, join(cwd, 'index.mjs')], { cwd });
      times.push(Number(stdout));
    }
    console.log(`serve-registry: ${bundle().code.length} bytes, imported in ${times.map(Math.round).join(', ')} ms`);
    // On a machine that is busy all the time the processor itself is half as fast.
    expect(Math.min(...times)).toBeLessThanOrEqual(150);
  });

  it('answers requests to its address, and refuses whoever has no token', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 'index.mjs'), bundle().code);
    const ask = `const { handler } = await import('./index.mjs');
      const answers = [];
      for (const path of ['/health', '/api/2.0/mlflow/experiments/get?experiment_id=0', '/nowhere']) {
        const [rawPath, rawQueryString = ''] = path.split('?');
        const requestContext = { domainName: 'example.com', http: { method: 'GET' } };
        const { statusCode, body } = await handler({ rawPath, rawQueryString, headers: {}, requestContext, isBase64Encoded: false }, { getRemainingTimeInMillis: () => 5_000 });
        answers.push([statusCode, Buffer.from(body, 'base64').toString()]);
      }
      console.log(JSON.stringify(answers));`;
    const tables = { ARES_STATE_TABLE: 'state', ARES_REGISTRY_TABLE: 'registry', ARES_AUDIT_TABLE: 'audit' };
    const buckets = { ARES_MODEL_BUCKET: 'models', ARES_ARTIFACT_BUCKET: 'artifacts' };
    const env = { ...tables, ...buckets, AWS_REGION: 'eu-central-1', ARES_LOG_LEVEL: 'silent' };
    const { stdout, stderr } = await runNode(['--input-type=module', '--eval', ask], { cwd, env });
    expect(stderr).toBe('');
    const [health, withoutToken, nowhere] = JSON.parse(stdout) as [number, string][];
    expect(health).toEqual([200, 'OK']);
    expect(withoutToken).toEqual([401, expect.stringContaining('"error_code":"UNAUTHENTICATED"')]);
    expect(nowhere?.[0]).toBe(404);
  });
});

describe('the schemas of an AWS client', () => {
  it.each(['client-s3', 'client-dynamodb'])('say the same for %s when their keys are written out', async (client) => {
    const path = join(import.meta.dirname, `../../node_modules/@aws-sdk/${client}/dist-es/schemas/schemas_0.js`);
    const source = readFileSync(path, 'utf8');
    const literal = withLiteralKeys(source);
    const loaded = async (name: string, contents: string): Promise<unknown> => {
      const file = join(temporaryDirectory(), `${name}.mjs`);
      const stdin = { contents, resolveDir: join(path, '..') };
      await build({ stdin, outfile: file, bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' });
      // A schema names others by functions: what these give is compared by itself.
      return JSON.parse(JSON.stringify(await import(file)));
    };
    expect(literal.match(/\[_\w+\]:/g)).toBeNull();
    expect(literal).not.toContain('"__proto__":');
    expect(await loaded('literal', literal)).toEqual(await loaded('as-it-is', source));
  });
});

describe('a function that predicts', () => {
  it('runs a model through the layer, from a clean directory', async () => {
    const cwd = await bundled('predict-once');
    const { bytes, row, expected } = signedModel();
    writeFileSync(join(cwd, 'model.onnx'), bytes);
    const args = ['index.mjs', 'model.onnx', JSON.stringify(row)];
    const { stdout, stderr } = await runNode(args, { cwd, env: layer });
    expect(stderr).toBe('');
    expect(Number(stdout)).toBeCloseTo(expected, 6);
  });

  it('is granted the predictor, by which it gets the layer, and says in readable lines what it misses without it', async () => {
    const granted = functions.filter(({ grants }) => 'predictor-loader' in grants).map(({ name }) => name);
    expect(bundles.flatMap(({ name, needsRuntime }) => (needsRuntime ? [name] : []))).toEqual(granted);
    const { code, stderr } = await runNode([join(out, 'functions/analyze-market/index.mjs')], { cwd: out });
    expect(code).toBe(1);
    expect(stderr).toContain("Cannot find module 'onnxruntime-node'");
    for (const line of stderr.split('\n')) expect(line.length).toBeLessThan(1_000);
  });
});

describe('a function that reads the market', () => {
  it('reads candles through the Binance that is left of ccxt, and tells a refusal from an exchange it cannot reach', async () => {
    const cwd = await bundled('read-candles');
    const market = await startPaperMarket();
    const answerTo = async (url: string, symbol: string): Promise<unknown> => {
      const env = { ARES_EXCHANGE_URL: url, ARES_LOG_LEVEL: 'silent' };
      const { stdout, stderr } = await runNode(['index.mjs', symbol], { cwd, env });
      expect(stderr).toBe('');
      return JSON.parse(stdout);
    };
    const answers = [
      answerTo(market.url, 'BTC/USDT'),
      answerTo(market.url, 'NO/SUCH'),
      answerTo('http://127.0.0.1:9', 'BTC/USDT'),
    ];
    expect(await Promise.all(answers)).toEqual([
      { candles: 50, newest: expect.any(Number) },
      { code: 'EXCHANGE_REFUSED' },
      { code: 'EXCHANGE_UNAVAILABLE' },
    ]);
  });
});

describe('the credentials of a bundle', () => {
  const tables = { ARES_STATE_TABLE: 'state', ARES_REGISTRY_TABLE: 'registry', ARES_AUDIT_TABLE: 'audit' };
  const place = (endpoint: string) => ({ ...tables, AWS_ENDPOINT_URL: endpoint, AWS_REGION: 'eu-central-1' });

  it('are those of the environment in a function, and those of the endpoint in a container', async () => {
    const cwd = await bundled('read-ledger');
    const aws = await startStubAws({ AccessKeyId: 'FROM-CONTAINER', SecretAccessKey: 'secret', Token: 'token' });
    const own = { AWS_ACCESS_KEY_ID: 'FROM-ENVIRONMENT', AWS_SECRET_ACCESS_KEY: 'secret' };
    const fromContainer = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${aws.endpoint}/credentials` };
    for (const env of [own, fromContainer]) {
      const { stdout, stderr } = await runNode(['index.mjs'], { cwd, env: { ...place(aws.endpoint), ...env } });
      expect({ stdout, stderr }).toEqual({ stdout: 'null\n', stderr: '' });
    }
    expect(aws.signers()).toEqual(['FROM-ENVIRONMENT', 'FROM-CONTAINER']);
  });
});
