import type { Command } from '../events/command.ts';
import { keys } from '../ledger-keys.ts';
import type { Ledger } from '../ports/ledger.ts';
import { CONFLICT, retryOnConflict } from '../retry-on-conflict.ts';
import { type AccessToken, parseAccessToken } from './access-token.ts';

export type RevokeTokenOutcome =
  | { readonly outcome: 'revoked' | 'already_revoked'; readonly token: AccessToken }
  | { readonly outcome: 'unknown'; readonly name: string };

/**
 * Makes the newest token of a name invalid, for ever.
 *
 * @param command with wall time for `now`
 */
export async function revokeToken(
  command: Command,
  { name, reason }: { readonly name: string; readonly reason: string | undefined },
  { ledger }: { readonly ledger: Ledger },
): Promise<RevokeTokenOutcome> {
  return retryOnConflict(`the revocation of token ${name}`, async () => {
    const held = await ledger.get(keys.accessTokenName(name));
    if (!held) return { outcome: 'unknown', name };
    const hash = String(held.value.hash);
    const item = await ledger.get(keys.accessToken(hash));
    if (!item) return { outcome: 'unknown', name };
    const before = parseAccessToken(item);
    if (before.revokedAt !== null) return { outcome: 'already_revoked', token: before };
    const token: AccessToken = { ...before, revokedAt: command.now };
    const committed = await ledger.commit({
      token: `revoke-token:${command.id}`,
      writes: [{ kind: 'put', key: item.key, expected: item.version, value: token }],
      audit: [
        {
          stream: 'keys',
          timestamp: command.now,
          eventType: 'TokenRevoked',
          user: command.user,
          action: `revoked token ${name}`,
          details: { name, role: token.role, hash, reason: reason ?? null },
          sessionId: command.sessionId,
        },
      ],
      events: [],
    });
    return committed.outcome === 'conflict' ? CONFLICT : { outcome: 'revoked', token };
  });
}
