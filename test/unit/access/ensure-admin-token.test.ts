import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../../src/adapters/local/system-random.ts';
import { tokenState } from '../../../src/core/access/access-token.ts';
import { createToken } from '../../../src/core/access/create-token.ts';
import { ensureAdminToken } from '../../../src/core/access/ensure-admin-token.ts';
import { findToken, readTokens } from '../../../src/core/access/read-tokens.ts';
import { revokeToken } from '../../../src/core/access/revoke-token.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';

const random = systemRandom();
const command = (now = 1_000) => ({ id: random.id(), user: 'first-start', now: epochMillis(now), sessionId: 'test' });

function installation(fail = false) {
  const ledger = createMemoryLedger();
  const files: string[] = [];
  const write = async (secret: string): Promise<void> => {
    if (fail) throw new Error('the disk is full');
    files.push(secret);
  };
  return { ledger, files, ports: { ledger, random, adminTokenFile: { path: '/data/admin-token', write } } };
}

describe('the first token', () => {
  it('is made once, and kept for its owner', async () => {
    const { ledger, files, ports } = installation();
    const made = await ensureAdminToken(command(), ports);
    expect(files).toEqual([made?.secret]);
    expect(await findToken(ledger, made?.secret ?? '')).toMatchObject({ name: 'admin', role: 'admin', slots: null });
    expect(await ensureAdminToken(command(), ports)).toBeUndefined();
    expect(files).toHaveLength(1);
  });

  it('is not valid where it cannot be kept', async () => {
    const { ledger, ports } = installation(true);
    await expect(ensureAdminToken(command(), ports)).rejects.toThrow('the disk is full');
    const states = (await readTokens(ledger)).map((token) => tokenState(token, epochMillis(1_000)));
    expect(states).toEqual(['revoked']);
  });

  it('is made again when the last of an admin was revoked, also where a lesser one took the name', async () => {
    const { ledger, ports } = installation();
    await ensureAdminToken(command(), ports);
    await revokeToken(command(), { name: 'admin', reason: undefined }, { ledger });
    const lesser = { name: 'admin', role: 'viewer', slots: null, expiresAt: null } as const;
    await createToken(command(), lesser, { ledger, random });
    const made = await ensureAdminToken(command(7_000), ports);
    expect(await findToken(ledger, made?.secret ?? '')).toMatchObject({ name: 'admin-7000', role: 'admin' });
  });

  it('is one when two start at once, and the file has it', async () => {
    const { ledger, ports, files } = installation();
    await Promise.all([ensureAdminToken(command(), ports), ensureAdminToken(command(), ports)]);
    expect(await readTokens(ledger)).toHaveLength(1);
    expect(await findToken(ledger, files.at(-1) ?? '')).toMatchObject({ name: 'admin' });
    expect(files).toHaveLength(1);
  });
});
