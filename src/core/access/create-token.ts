import type { Command } from '../events/command.ts';
import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Random } from '../ports/random.ts';
import { CONFLICT, retryOnConflict } from '../retry-on-conflict.ts';
import { type AccessToken, parseAccessToken, parseTokenName, tokenState } from './access-token.ts';
import type { Role } from './role.ts';
import { hashToken, newTokenSecret } from './token-secret.ts';

export interface TokenWish {
  readonly name: string;
  readonly role: Role;
  /** null: all. */
  readonly slots: readonly [SlotId, ...SlotId[]] | null;
  /** Wall time; null: never. */
  readonly expiresAt: EpochMillis | null;
}

export type CreateTokenOutcome =
  /** `secret` is known now and never again. */
  | { readonly outcome: 'created'; readonly token: AccessToken; readonly secret: string }
  /** A token of this name is in use; two would be one in the audit trail. */
  | { readonly outcome: 'name_taken'; readonly token: AccessToken };

/**
 * Makes a token and remembers its hash.
 *
 * @param command with wall time for `now`: a token's life is not the market's
 * @throws AresError `TOKEN_NAME_INVALID`
 */
export async function createToken(
  command: Command,
  wish: TokenWish,
  { ledger, random }: { readonly ledger: Ledger; readonly random: Random },
): Promise<CreateTokenOutcome> {
  const name = parseTokenName(wish.name);
  const { role, expiresAt } = wish;
  const slots = wish.slots === null ? null : ([...wish.slots] as [SlotId, ...SlotId[]]);
  const secret = newTokenSecret(random);
  const hash = hashToken(secret);
  const { now: createdAt, user: createdBy } = command;
  const token: AccessToken = { name, role, slots, createdAt, createdBy, expiresAt, revokedAt: null };
  const ofName = keys.accessTokenName(name);
  return retryOnConflict(`the creation of token ${name}`, async () => {
    const held = await ledger.get(ofName);
    const before = held && (await ledger.get(keys.accessToken(String(held.value.hash))));
    const other = before && parseAccessToken(before);
    if (other && tokenState(other, createdAt) === 'valid') return { outcome: 'name_taken', token: other };
    const committed = await ledger.commit({
      token: `create-token:${command.id}`,
      writes: [
        { kind: 'put', key: keys.accessToken(hash), expected: 'absent', value: token },
        { kind: 'put', key: ofName, expected: held?.version ?? 'absent', value: { hash } },
      ],
      audit: [
        {
          stream: 'keys',
          timestamp: createdAt,
          eventType: 'TokenCreated',
          user: createdBy,
          action: `created token ${name} of role ${role}`,
          details: { name, role, slots, expiresAt, hash },
          sessionId: command.sessionId,
        },
      ],
      events: [],
    });
    return committed.outcome === 'conflict' ? CONFLICT : { outcome: 'created', token, secret };
  });
}
