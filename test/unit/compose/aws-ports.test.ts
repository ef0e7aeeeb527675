import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { functions } from '../../../src/compose/wiring.ts';

const root = join(import.meta.dirname, '../../..');
const ports = (place: 'aws' | 'local'): string[] =>
  readdirSync(join(root, 'src/compose', place)).map((file) => file.replace(/\.ts$/, ''));
const portsIn = (path: string): string[] =>
  [...readFileSync(join(root, path), 'utf8').matchAll(/'#port\/([a-z-]+)'/g)].map(([, port]) => port as string);

interface Imported {
  readonly exported: Readonly<Record<string, readonly string[]>>;
  readonly reached: readonly string[];
}

/** In a process of its own, with nothing of AWS in its environment. */
function run(
  conditions: 'aws' | 'local',
  script: string,
  args: readonly string[],
  env: Record<string, string> = {},
): string {
  const flags = ['--disable-warning=ExperimentalWarning', `--conditions=${conditions}`];
  return execFileSync(
    process.execPath,
    [...flags, ...(script.startsWith('-') ? [script] : [join(import.meta.dirname, script)]), ...args],
    {
      encoding: 'utf8',
      cwd: root,
      env: { PATH: process.env.PATH ?? '', AWS_EC2_METADATA_DISABLED: 'true', ...env },
    },
  );
}

const importAll = (conditions: 'aws' | 'local', paths: readonly string[]): Imported =>
  JSON.parse(
    run(
      conditions,
      'support/import-on-aws.ts',
      paths.map((path) => join(root, path)),
    ),
  ) as Imported;

const shared = ports('aws').filter((port) => ports('local').includes(port));
const needed = [
  ...functions.map(({ name }) => `functions/${name}/handler.ts`),
  'src/compose/event-handler.ts',
  'src/compose/http-handler.ts',
  'src/compose/stream-handler.ts',
  'apps/trader/main.ts',
].flatMap(portsIn);

describe('the ports on AWS', () => {
  it('are all there that a function or the trader imports', () => {
    expect(ports('aws')).toEqual(expect.arrayContaining(needed));
  });

  it('export the same names as those of one machine', () => {
    const names = (place: 'aws' | 'local') =>
      Object.values(
        importAll(
          place,
          shared.map((port) => `src/compose/${place}/${port}.ts`),
        ).exported,
      );
    expect(shared.length).toBeGreaterThan(15);
    expect(names('aws')).toEqual(names('local'));
  });

  it('reach for nothing when a function or a part of the trader is loaded', () => {
    const handlers = functions.map(({ name }) => `functions/${name}/handler.ts`);
    const trader = ['run-trader', 'follow-commands', 'beat-heart'].map((file) => `apps/trader/${file}.ts`);
    const ofTrader = portsIn('apps/trader/main.ts').map((port) => `src/compose/aws/${port}.ts`);
    const { exported, reached } = importAll('aws', [...handlers, ...trader, ...ofTrader]);
    expect(reached).toEqual([]);
    for (const handler of handlers) expect(exported[join(root, handler)]).toEqual(['handler']);
  });

  it.each([
    ['model-store', 'modelStore()', 'ARES_MODEL_BUCKET'],
    ['artifact-store', 'artifactStore()', 'ARES_ARTIFACT_BUCKET'],
    ['secrets', 'secrets()', 'ARES_KEYS_SECRET_PREFIX'],
    ['cipher', 'cipher()', 'ARES_CIPHER_KEY_ARN'],
    ['notifier', 'notifier()', 'ARES_ALERT_TOPIC_ARN'],
    ['command-queue', "commandQueue('trader')", 'ARES_COMMAND_QUEUE_URL'],
    ['event-bus', 'eventBus()', 'ARES_EVENT_BUS'],
    ['ledger', 'ledger()', 'ARES_STATE_TABLE'],
    ['replay-control', 'replayControl()', 'ARES_CONTROL_URL'],
  ])('%s names the variable it lacks', (port, call, variable) => {
    const code = `const port = await import('./src/compose/aws/${port}.ts');
      try { port.${call}; } catch (error) { console.log(error.code, error.message); }`;
    const printed = run('aws', '--input-type=module', ['--eval', code], { AWS_REGION: 'eu-central-1' });
    expect(printed).toMatch(/^ENV_INVALID /);
    expect(printed).toContain(variable);
  });
});
