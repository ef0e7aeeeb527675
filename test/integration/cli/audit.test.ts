import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { openDesk } from './support/open-desk.ts';

interface Page {
  readonly entries: readonly { readonly eventType: string; readonly stream: string; readonly user: string }[];
  readonly next: string | null;
}

async function deskWithAudit() {
  const desk = openDesk();
  for (const name of ['run-1', 'run-2', 'run-3']) await desk.register(name);
  await desk.promote('run-1');
  return desk;
}

describe('ares audit', () => {
  test('lists entries, newest first or in their order, page by page', async () => {
    const desk = await deskWithAudit();
    const first = (await desk.ares('audit', '--limit', '3', '--json')).json() as Page;
    expect(first.entries.map(({ eventType }) => eventType)).toEqual([
      'ModelPromoted',
      'ModelRegistered',
      'ModelRegistered',
    ]);
    const rest = (
      await desk.ares('audit', 'query', '--limit', '3', '--after', String(first.next), '--json')
    ).json() as Page;
    expect(rest).toMatchObject({ entries: [{ eventType: 'ModelRegistered' }], next: null });
    const oldest = (await desk.ares('audit', '--oldest-first', '--json')).json() as Page;
    expect(oldest.entries.at(-1)?.eventType).toBe('ModelPromoted');
    expect((await desk.ares('audit')).stdout).toMatch(
      /^TIME +ENTRY +TYPE +USER +WHAT\n2022-01-15T12:00:04Z +models 4 +ModelPromoted +desk +run-1/,
    );
  });

  test('finds entries by time, type, user and stream', async () => {
    const desk = await deskWithAudit();
    await desk.ares('halt', '--reason', 'news', '--user', 'ada');
    const count = async (...filter: string[]) =>
      ((await desk.ares('audit', ...filter, '--json')).json() as Page).entries.length;
    expect(await count('--type', 'ModelRegistered')).toBe(3);
    expect(await count('--user', 'ada')).toBe(1);
    expect(await count('--stream', 'trading')).toBe(1);
    expect(await count('--from', '2022-01-15T12:00:02Z', '--to', '2022-01-15T12:00:04Z')).toBe(2);
    expect(await count('--from', '2022-01-15', '--to', '2022-01-16')).toBe(4);
    expect(await count('--from', '2022-01-15T14:00+02:00', '--to', '2022-01-15T12:00:01.500Z')).toBe(1);
    expect(await count('--type', 'NeverHappened')).toBe(0);
  });

  test('ends with 2 on times that are none, or the wrong way round, and on an unknown stream', async () => {
    const desk = await deskWithAudit();
    for (const wrong of [
      ['--from', 'yesterday'],
      ['--from', '2022-02-30'],
      ['--from', '2022-01-02', '--to', '2022-01-01'],
      ['--stream', 'access'],
      ['--limit', '5000'],
      ['--after', 'here'],
    ]) {
      expect((await desk.ares('audit', ...wrong)).code).toBe(2);
    }
  });

  test('verifies the chains, and says with 4 which entry was altered', async () => {
    const desk = await deskWithAudit();
    expect(await desk.ares('audit', 'verify')).toMatchObject({
      code: 0,
      stdout: 'The audit trail is valid: 4 entries.\n',
    });
    const db = new DatabaseSync(join(desk.dataDir, 'ares.db'));
    db.exec('DROP TRIGGER audit_entries_are_never_changed');
    db.exec(
      `UPDATE audit SET value = replace(value, '"desk"', '"mallory"') WHERE pk = 'entries#models' AND value LIKE '%"run-2"%'`,
    );
    db.close();
    const run = await desk.ares('audit', 'verify', '--json');
    expect(run).toMatchObject({ code: 4, stderr: '' });
    expect(run.json()).toEqual({ valid: false, stream: 'models', sequence: 2, problem: 'altered' });
    expect((await desk.ares('audit', 'verify')).stdout).toBe(
      'The audit trail is NOT valid: entry 2 of "models" was altered.\n',
    );
  });
});
