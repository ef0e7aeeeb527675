import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from './cruise.ts';

/** Runs one import in a Node of its own, with no options but those given. */
function importing(specifier: string, ...options: readonly string[]) {
  const { NODE_OPTIONS: _kept, ...env } = process.env;
  const script = `const { ${specifier.split('/')[1]} } = await import('${specifier}'); console.log(typeof ${specifier.split('/')[1]});`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...options, '--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script],
    { cwd: REPOSITORY, encoding: 'utf8', env },
  );
  return { status, stdout, stderr };
}

describe('a port', () => {
  it('cannot be imported before a platform was chosen, and the error says how to choose one', () => {
    const { status, stdout, stderr } = importing('#port/random');
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('no platform was chosen: start Node with --conditions=local');
    expect(stderr).toContain('so that a forgotten flag can never reach a real account');
  });

  it('that no platform has cannot be imported either', () => {
    expect(importing('#port/nothing').stderr).toContain('no platform was chosen');
    expect(importing('#port/nothing', '--conditions=local').stderr).toContain('ERR_MODULE_NOT_FOUND');
  });

  it('is there once one was', () => {
    expect(importing('#port/random', '--conditions=local')).toMatchObject({ status: 0, stderr: '' });
  });
});
