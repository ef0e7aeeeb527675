import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../../apps/cli/create-program.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { openDesk } from './support/open-desk.ts';
import { runAres } from './support/run-ares.ts';

const program = await createProgram([], () => undefined);
const pathsOf = (command: Command, path: readonly string[]): readonly (readonly string[])[] => [
  path,
  ...command.commands.flatMap((inner) => pathsOf(inner, [...path, inner.name()])),
];
const paths = pathsOf(program, []);
/** Of options that a command demands, where not any text will do. */
const VALUES: Readonly<Record<string, string>> = {
  '--role': 'viewer',
  '--symbol': 'BTC/USDT',
  '--timeframe': '1m',
  '--from': '2024-01-01',
  '--out': 'candles.csv',
  '--bar': '2024-01-01T00:00:00Z',
};

/** What `--help` prints, from a program of its own: commander remembers what it was given. */
async function helpOf(path: readonly string[]): Promise<string> {
  let command = await createProgram([], () => undefined);
  for (const name of path) command = command.commands.find((inner) => inner.name() === name) as Command;
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

describe('the command line', () => {
  test('has every command it promises', () => {
    expect(paths.map((path) => path.join(' '))).toEqual([
      '',
      'status',
      'models',
      'models list',
      'models show',
      'slots',
      'slots list',
      'slots bind',
      'slots unbind',
      'promote',
      'rollback',
      'halt',
      'reduce',
      'resume',
      'accept-balance',
      'kill',
      'config',
      'config show',
      'config set',
      'config versions',
      'config restore',
      'events',
      'events list',
      'events dead',
      'events replay',
      'audit',
      'audit query',
      'audit verify',
      'decisions',
      'decisions list',
      'decisions show',
      'decisions replay',
      'data',
      'data fetch',
      'data import',
      'train',
      'backtest',
      'registry',
      'token',
      'token create',
      'token list',
      'token revoke',
      'init',
      'export',
      'import',
      'doctor',
    ]);
  });

  test.each(paths.map((path) => [path.join(' ') || 'ares', path] as const))(
    '%s has help with an example and the exit codes',
    async (_name, path) => {
      const help = await helpOf(path);
      expect(help).toContain(['Usage: ares', ...path].join(' '));
      expect(help).toContain(`  $ ./ares ${path.join(' ')}`);
      expect(help).toContain('Exit codes:\n  0  done');
      expect(help).toContain('--json');
      expect(help).toContain('--data-dir');
      expect(help).toContain('--slot');
    },
  );

  test.each(paths.filter((path) => path.length > 0).map((path) => [path.join(' '), path] as const))(
    '%s refuses an unknown flag',
    async (_name, path) => {
      const fresh = await createProgram([], () => undefined);
      const command = path.reduce(
        (outer, name) => outer.commands.find((inner) => inner.name() === name) as Command,
        fresh,
      );
      const demanded = command.options
        .filter(({ mandatory }) => mandatory)
        .flatMap(({ long }) => [`${long}`, VALUES[`${long}`] ?? 'x']);
      await expect(fresh.parseAsync([...path, ...demanded, '--no-such-flag'], { from: 'user' })).rejects.toMatchObject({
        code: 'commander.unknownOption',
      });
    },
  );

  test('prints help on standard output and ends with 0', async () => {
    const run = await runAres('/nowhere', ['promote', '--help']);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('Usage: ares promote [options] <run>');
  });

  test('says a usage error in one line and ends with 2', async () => {
    const flag = await runAres('/nowhere', ['status', '--no-such-flag']);
    expect(flag).toMatchObject({ code: 2, stdout: '' });
    expect(flag.stderr).toMatch(/^ares: USAGE: unknown option '--no-such-flag'.*\n$/);
    const command = await runAres('/nowhere', ['statsu']);
    expect(command).toMatchObject({ code: 2, stdout: '' });
    expect(command.stderr).toMatch(/^ares: USAGE: unknown command 'statsu' \(Did you mean status\?\).*\n$/);
    const extra = await runAres('/nowhere', ['status', 'now']);
    expect(extra).toMatchObject({ code: 2, stdout: '' });
    expect(extra.stderr).toMatch(/[^.]\. Run it with --help to see what there is\.\n$/);
    const stage = await runAres('/nowhere', ['--stage', 'Paper', 'status']);
    expect(stage.stderr).toContain(
      'stage must be 2 to 16 lower-case letters, digits and hyphens, like "paper", was "Paper"',
    );
  });

  test('says a usage error as JSON where JSON was asked for', async () => {
    const run = await runAres('/nowhere', ['--json', 'halt']);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.error()).toMatchObject({ code: 'USAGE', message: expect.stringContaining('--reason') });
    const none = await runAres('/nowhere', ['models', '--json']);
    expect(none.code).toBe(2);
    expect(none.error().code).toBe('USAGE');
  });

  test('prints the help on standard error and ends with 2 where a command is missing', async () => {
    const run = await runAres('/nowhere', ['config']);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain('Usage: ares config');
  });

  test('does not make a new system out of a mistyped data directory', async () => {
    const dataDir = join(temporaryDirectory(), 'mistyped');
    const run = await runAres(dataDir, ['status', '--json']);
    expect(run.code).toBe(1);
    expect(run.error()).toMatchObject({ code: 'DATA_DIR_EMPTY', data: { dataDir } });
    expect(existsSync(dataDir)).toBe(false);
  });

  test('takes the data directory and the slot before or after the command', async () => {
    const desk = openDesk();
    await desk.register('run-1');
    const other = temporaryDirectory();
    mkdirSync(join(other, 'empty'));
    const before = await runAres(join(other, 'empty'), ['--data-dir', desk.dataDir, '--json', 'models', 'list']);
    const after = await runAres(join(other, 'empty'), ['models', 'list', '--json', '--data-dir', desk.dataDir]);
    expect(before.json()).toMatchObject([{ runId: 'run-1' }]);
    expect(after.stdout).toBe(before.stdout);
  });

  test('refuses a malformed slot, an unknown one, and to guess between several, naming them', async () => {
    const desk = openDesk();
    const other = 'paper:swing:BTC/USDT:1m';
    await desk.register('run-1');
    const malformed = await desk.ares('status', '--slot', 'BTC');
    expect(malformed).toMatchObject({ code: 2, stdout: '' });
    expect(malformed.stderr).toContain('slot must be like "paper:trend:BTC/USDT:1m", was "BTC"');
    const unknown = await desk.ares('status', '--slot', other, '--json');
    expect(unknown.code).toBe(1);
    expect(unknown.error()).toMatchObject({ code: 'SLOT_UNKNOWN', data: { known: ['paper:trend:BTC/USDT:1m'] } });

    await desk.register('run-2', 0.5, other as never);
    const ambiguous = await desk.ares('status', '--json');
    expect(ambiguous.code).toBe(2);
    expect(ambiguous.error()).toMatchObject({
      code: 'SLOT_AMBIGUOUS',
      data: { known: [other, 'paper:trend:BTC/USDT:1m'] },
    });
    const named = await runAres(desk.dataDir, ['models', 'list', '--json'], { ARES_SLOT: other });
    expect(named.json()).toMatchObject([{ runId: 'run-2' }]);
  });
});
