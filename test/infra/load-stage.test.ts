import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadStage } from '../../infra/config.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const root = join(import.meta.dirname, '../..');
const committed = readdirSync(join(root, 'infra/stages')).map((name) => name.replace(/\.json$/, ''));

describe('the stages', () => {
  it.each(committed)('%s, as it is committed, can be deployed', (name) => {
    expect(loadStage(name).stage).toBe(name);
  });

  it('that are not there are answered with the ones that are, and how to get one', () => {
    expect(() => loadStage('nowhere')).toThrow(
      /^stage must have a file infra\/stages\/nowhere\.json, there (is|are) .*paper.*\. \.\/ares init nowhere writes one$/,
    );
    expect(() => loadStage('../../package')).toThrow(/must have a file/);
    expect(() => loadStage('paper', temporaryDirectory())).toThrow(/there is none yet/);
  });

  it('are called as their file is', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'other.json'), JSON.stringify(loadStage('paper')));
    expect(() => loadStage('other', directory)).toThrow(
      'infra/stages/other.json: stage must be "other", as its file is called, was "paper"',
    );
  });

  it('end synthesis with one line when they are not as they must be', () => {
    const env = { ...process.env, CDK_CONTEXT_JSON: JSON.stringify({ stage: 'nowhere' }) };
    const run = () =>
      execFileSync(process.execPath, ['infra/app.ts'], { cwd: root, env, stdio: 'pipe', encoding: 'utf8' });
    expect(run).toThrow(
      expect.objectContaining({ status: 1, stderr: expect.stringMatching(/^stage must have a file [^\n]*\n$/) }),
    );
  });
});
