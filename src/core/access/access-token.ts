import * as z from 'zod';
import { AresError } from '../ares-error.ts';
import { parseItem } from '../ledger/parse-item.ts';
import { parseSlotId, type SlotId } from '../models/slot.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { Item } from '../ports/ledger.ts';
import { ROLES } from './role.ts';

const millis = z.number().int().min(0).lt(1e15).transform(epochMillis);

const slot = z.string().transform((text, context) => {
  try {
    parseSlotId(text);
    return text as SlotId;
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

const accessTokenSchema = z.strictObject({
  /** Who uses it, as audit entries name them. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/),
  role: z.enum(ROLES),
  /** The only slots it may act on; null: all of them. */
  slots: z.array(slot).nonempty().nullable(),
  createdAt: millis,
  createdBy: z.string().min(1),
  /** From this wall time on it is refused; null: never by itself. */
  expiresAt: millis.nullable(),
  revokedAt: millis.nullable(),
});

/** What is kept of a token: everything but the token itself, of which only the SHA-256 is known. */
export type AccessToken = z.infer<typeof accessTokenSchema>;

/** @throws AresError `LEDGER_ITEM_INVALID` */
export const parseAccessToken = (item: Item): AccessToken => parseItem(item, accessTokenSchema, 'access token');

/** What has become of a token at a wall time. */
export function tokenState({ expiresAt, revokedAt }: AccessToken, now: EpochMillis): 'valid' | 'expired' | 'revoked' {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'valid';
}

/** @throws AresError `TOKEN_NAME_INVALID` */
export function parseTokenName(text: string): string {
  if (accessTokenSchema.shape.name.safeParse(text).success) return text;
  throw new AresError(
    'TOKEN_NAME_INVALID',
    `the name of a token must be 1 to 64 letters, digits, dots, dashes, underscores or @, beginning with a letter or digit, was "${text}"`,
  );
}
