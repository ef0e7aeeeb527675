import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../../src/adapters/local/system-random.ts';
import { tokenState } from '../../../src/core/access/access-token.ts';
import { callerOf } from '../../../src/core/access/caller.ts';
import { createToken, type TokenWish } from '../../../src/core/access/create-token.ts';
import { findToken, readTokens } from '../../../src/core/access/read-tokens.ts';
import { revokeToken } from '../../../src/core/access/revoke-token.ts';
import { hashToken } from '../../../src/core/access/token-secret.ts';
import { queryAudit } from '../../../src/core/audit/query-audit.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';

const SLOT = 'paper:trend:BTC/USDT:1m' as SlotId;
const random = systemRandom();

function desk() {
  const ledger = createMemoryLedger();
  const wish = { role: 'trainer', slots: null, expiresAt: null } as const;
  let now = 1_000;
  const command = () => ({ id: random.id(), user: 'ann', now: epochMillis(now++), sessionId: 'test' });
  return {
    ledger,
    create: (name: string, more: Partial<TokenWish> = {}) =>
      createToken(command(), { ...wish, name, ...more }, { ledger, random }),
    revoke: (name: string, reason?: string) => revokeToken(command(), { name, reason }, { ledger }),
    later: (at: number) => {
      now = at;
    },
  };
}

async function made(outcome: ReturnType<ReturnType<typeof desk>['create']>) {
  const result = await outcome;
  if (result.outcome !== 'created') throw new Error(`must be created, was ${result.outcome}`);
  return result;
}

describe('a token', () => {
  it('is found by its secret, of which the ledger holds only the hash', async () => {
    const { ledger, create } = desk();
    const { secret, token } = await made(create('ci'));
    expect(secret).toMatch(/^ares_[0-9a-f]{64}$/);
    expect(await findToken(ledger, secret)).toEqual(token);
    expect(await findToken(ledger, hashToken(secret))).toBeUndefined();
    const kept = await ledger.query({ table: 'state', pk: 'access-tokens', limit: 10 });
    expect(JSON.stringify(kept)).not.toContain(secret);
    expect(kept.items[0]?.key.sk).toBe(hashToken(secret));
  });

  it('is never the same twice', async () => {
    const { create } = desk();
    expect((await made(create('a'))).secret).not.toBe((await made(create('b'))).secret);
  });

  it('has a name that no other valid one has; an expired or revoked one gives it back', async () => {
    const { create, revoke, later, ledger } = desk();
    const first = await made(create('ci', { expiresAt: epochMillis(5_000) }));
    expect(await create('ci')).toEqual({ outcome: 'name_taken', token: first.token });
    later(5_000);
    await made(create('ci'));
    await revoke('ci');
    await made(create('ci'));
    expect((await readTokens(ledger)).map((token) => tokenState(token, epochMillis(6_000)))).toEqual([
      'expired',
      'revoked',
      'valid',
    ]);
  });

  it('is one when two people make one of the same name at once', async () => {
    const { create, ledger } = desk();
    const outcomes = await Promise.all([create('ci'), create('ci'), create('ci')]);
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['created', 'name_taken', 'name_taken']);
    expect(await readTokens(ledger)).toHaveLength(1);
  });

  it('is refused a name that an audit entry could be misread by', async () => {
    const { create } = desk();
    for (const name of ['', ' ci', 'a b', 'ci\n', '-x', 'a'.repeat(65), 'ann:bob']) {
      await expect(create(name)).rejects.toMatchObject({ code: 'TOKEN_NAME_INVALID' });
    }
  });

  it('stays revoked, and a name without one is unknown', async () => {
    const { create, revoke, ledger } = desk();
    const { secret } = await made(create('ci'));
    expect(await revoke('ci', 'left the team')).toMatchObject({ outcome: 'revoked' });
    expect(await revoke('ci')).toMatchObject({ outcome: 'already_revoked' });
    expect(await revoke('nobody')).toEqual({ outcome: 'unknown', name: 'nobody' });
    expect((await findToken(ledger, secret))?.revokedAt).not.toBeNull();
  });

  it('is in the audit trail from its making to its end, without its secret', async () => {
    const { create, revoke, ledger } = desk();
    const { secret } = await made(create('desk', { role: 'operator', slots: [SLOT] }));
    await revoke('desk', 'left the team');
    const { entries } = await queryAudit(ledger, { stream: 'keys', limit: 10 });
    expect(entries).toMatchObject([
      { eventType: 'TokenCreated', user: 'ann', details: { name: 'desk', role: 'operator', slots: [SLOT] } },
      { eventType: 'TokenRevoked', user: 'ann', details: { name: 'desk', reason: 'left the team' } },
    ]);
    expect(JSON.stringify(entries)).not.toContain(secret);
  });

  it('is listed by name, those of one name the oldest first', async () => {
    const { ledger, create, revoke } = desk();
    for (const name of ['b', 'a']) await create(name);
    await revoke('a');
    await create('a');
    const tokens = await readTokens(ledger);
    expect(tokens.map(({ name, revokedAt }) => [name, revokedAt !== null])).toEqual([
      ['a', true],
      ['a', false],
      ['b', false],
    ]);
  });

  it('may act on its slots only, on all when it names none', async () => {
    const { create } = desk();
    const bound = callerOf((await made(create('desk', { slots: [SLOT] }))).token);
    expect([bound.user, bound.mayUse(SLOT), bound.mayUse('paper:trend:ETH/USDT:1m')]).toEqual(['desk', true, false]);
    expect(callerOf((await made(create('free'))).token).mayUse('paper:trend:ETH/USDT:1m')).toBe(true);
  });
});
