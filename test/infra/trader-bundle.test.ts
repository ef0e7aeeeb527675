import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleTrader } from '../../scripts/bundle/bundle-trader.ts';
import { runNode } from './support/run-node.ts';

const out = mkdtempSync(join(tmpdir(), 'ares-trader-'));
const cwd = join(out, 'trader');
let bytes: number;

beforeAll(async () => {
  const [main] = await bundleTrader(out, [process.arch === 'arm64' ? 'arm64' : 'x64']);
  bytes = main?.code.length ?? Number.NaN;
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

describe('the trader as it is deployed', () => {
  it('is a directory that needs nothing but Node', () => {
    expect(readdirSync(cwd).sort()).toEqual(['check-health.mjs', 'main.mjs', 'node_modules', 'package.json']);
    expect(readdirSync(join(cwd, 'node_modules')).sort()).toEqual(['onnxruntime-common', 'onnxruntime-node']);
    expect(existsSync(join(cwd, 'node_modules/onnxruntime-node/dist/binding.js')), 'predictions at once').toBe(true);
    expect(existsSync(join(out, 'source-maps/trader/main.mjs.map'))).toBe(true);
  });

  it('loads whole, and ends with 1 and one line that names the variable it misses when its environment is empty', async () => {
    const runs = [await runNode(['main.mjs'], { cwd }), await runNode(['main.mjs'], { cwd })];
    const nothing = await runNode(['--eval', ''], { cwd });
    for (const { code, stdout, stderr } of runs) {
      expect(code).toBe(1);
      const lines = `${stdout}${stderr}`.trim().split('\n');
      expect(lines).toHaveLength(1);
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({
        message: expect.stringMatching(/the trader ends .*: ARES_\w+ must .*, was not set$/),
        error: { code: 'ENV_INVALID' },
      });
    }
    const fastest = Math.min(...runs.map(({ milliseconds }) => milliseconds));
    const kilobytes = Math.round(bytes / 1e3);
    console.log(
      `trader ${kilobytes} kB, from start to its error ${fastest.toFixed(0)} ms (Node alone ${nothing.milliseconds.toFixed(0)} ms)`,
    );
  });

  it('says in one line what is wrong with a variable, also where the log needs it', async () => {
    const { code, stdout, stderr } = await runNode(['main.mjs'], { cwd, env: { ARES_LOG_LEVEL: 'loud' } });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^the trader ends and must be started again: ARES_LOG_LEVEL .*"loud"\n$/);
  });

  it('refuses paper mode without a paper exchange before it reaches anything', async () => {
    const { code, stderr } = await runNode(['main.mjs'], { cwd, env: { ARES_MODE: 'paper' } });
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'MODE_REFUSED' } });
  });
});
