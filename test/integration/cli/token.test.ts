import { describe, expect, test } from 'vitest';
import { findToken } from '../../../src/core/access/read-tokens.ts';
import { openDesk, SLOT } from './support/open-desk.ts';

const DAY_MS = 86_400_000;

describe('ares token', () => {
  test('prints a token once, of the role, slots and time it was made for', async () => {
    const desk = openDesk();
    const before = Date.now();
    const made = await desk.ares('token', 'create', 'ci', '--role', 'trainer', '--for', SLOT, '--days', '90');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const [secret = '', , about] = made.stdout.split('\n');
    expect(secret).toMatch(/^ares_[0-9a-f]{64}$/);
    expect(about).toMatch(
      /^That is the token of ci, a trainer of paper:trend:BTC\/USDT:1m, until .*not shown again\.$/,
    );
    const token = await findToken(desk.ledger, secret);
    expect(token).toMatchObject({ name: 'ci', role: 'trainer', slots: [SLOT], revokedAt: null });
    // Wall time, though the desk's market is years behind.
    expect(token?.expiresAt).toBeGreaterThanOrEqual(before + 90 * DAY_MS);
    const listed = await desk.ares('token', 'list');
    expect(listed.stdout).toMatch(/^ci +trainer +valid +paper:trend:BTC\/USDT:1m/m);
    expect(listed.stdout).not.toContain(secret);
  });

  test('refuses a second one of a name, until the first is revoked', async () => {
    const desk = openDesk();
    const create = () => desk.ares('token', 'create', 'desk', '--role', 'operator', '--json');
    expect((await create()).json()).toMatchObject({ outcome: 'created', secret: expect.any(String) });
    const second = await create();
    expect(second.code).toBe(4);
    expect(second.json()).toMatchObject({ outcome: 'name_taken' });
    const revoke = await desk.ares('token', 'revoke', 'desk', '--reason', 'left the team', '--user', 'ann');
    expect(revoke).toMatchObject({ code: 0, stdout: 'Token desk is revoked.\n' });
    expect((await desk.ares('token', 'revoke', 'desk')).stdout).toMatch(/^Token desk is revoked since /);
    expect((await create()).code).toBe(0);
    const audit = (await desk.ares('audit', 'query', '--stream', 'keys', '--json')).json();
    expect(JSON.stringify(audit)).toMatch(/TokenCreated.*TokenRevoked.*"ann"|"ann".*TokenRevoked/s);
  });

  test('refuses a name that there is not, and what is no name, role or slot', async () => {
    const desk = openDesk();
    expect(await desk.ares('token', 'revoke', 'nobody')).toMatchObject({
      code: 4,
      stdout: 'Refused: there is no token nobody; "ares token list" lists them.\n',
    });
    for (const args of [
      ['create', 'a b', '--role', 'viewer'],
      ['create', 'ci', '--role', 'god'],
      ['create', 'ci'],
      ['create', 'ci', '--role', 'viewer', '--for', 'BTC'],
      ['create', 'ci', '--role', 'viewer', '--days', '0'],
    ])
      expect([args, (await desk.ares('token', ...args)).code]).toEqual([args, 2]);
    expect((await desk.ares('token', 'list')).stdout).toMatch(/^There is no token yet/);
  });
});
