import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadStage } from '../../../infra/config.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { runAres } from './support/run-ares.ts';

const root = join(import.meta.dirname, '../../..');
const paper = [
  ...['init', 'trial', '--mode', 'paper', '--region', 'eu-west-1', '--trade', 'main:trend:BTC/USDT:1m'],
  ...['--exchange-url', 'https://testnet.binance.vision'],
];

describe('ares init', () => {
  test('writes a stage that the CDK app reads, formatted as the repository wants it', async () => {
    const directory = temporaryDirectory();
    const emails = ['--email', 'desk@example.com', 'night@example.com'];
    const run = await runAres(directory, [...paper, ...emails, '--directory', directory]);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('Next: npm run synth -- -c stage=trial');
    expect(run.stderr).toContain('"region": "eu-west-1"');
    expect(loadStage('trial', directory)).toMatchObject({ stage: 'trial', alerts: { emails: emails.slice(1) } });
    const biome = join(root, 'node_modules/.bin/biome');
    const text = readFileSync(join(directory, 'trial.json'), 'utf8');
    const formatted = execFileSync(biome, ['format', '--stdin-file-path=infra/stages/trial.json'], {
      cwd: root,
      input: text,
      encoding: 'utf8',
    });
    expect(text).toBe(formatted);
  });

  test('says without a terminal which options are missing or wrong, and writes nothing', async () => {
    const directory = temporaryDirectory();
    const run = await runAres(directory, ['init', '--directory', directory]);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain('these must be given: STAGE, --region, --mode, --trade');
    const live = await runAres(directory, [...paper, '--mode', 'live', '--json', '--directory', directory]);
    expect(live.error()).toMatchObject({
      code: 'USAGE',
      data: { missing: expect.arrayContaining(['--email', '--max-order']) },
    });
    const way = await runAres(directory, [...paper, '--egress', 'static', '--json', '--directory', directory]);
    expect(way.error()).toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('must be one of public, nat-instance, nat-gateway, was "static"'),
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  test('writes nothing that could not be deployed', async () => {
    const directory = temporaryDirectory();
    const real = paper.map((word) => (word.startsWith('https:') ? 'https://api.binance.com' : word));
    const run = await runAres(directory, [...real, '--json', '--directory', directory]);
    expect(run.code).toBe(2);
    expect(run.error()).toMatchObject({
      code: 'STAGE_INVALID',
      message: expect.stringContaining('exchange.url must not be'),
    });
    expect(existsSync(join(directory, 'trial.json'))).toBe(false);
  });

  test('writes over a stage only when it is told to', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'trial.json');
    writeFileSync(path, 'mine');
    const run = await runAres(directory, [...paper, '--json', '--directory', directory]);
    expect(run.error().code).toBe('STAGE_EXISTS');
    expect(readFileSync(path, 'utf8')).toBe('mine');
    const forced = await runAres(directory, [...paper, '--force', '--json', '--directory', directory]);
    expect(forced.code).toBe(0);
    expect(forced.json()).toMatchObject({ path, stage: { region: 'eu-west-1' } });
    expect(loadStage('trial', directory).region).toBe('eu-west-1');
    expect(readdirSync(directory)).toEqual(['trial.json']);
  });
});
