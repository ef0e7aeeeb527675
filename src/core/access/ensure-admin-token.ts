import type { Command } from '../events/command.ts';
import type { AdminTokenFile } from '../ports/admin-token-file.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Random } from '../ports/random.ts';
import { tokenState } from './access-token.ts';
import { createToken } from './create-token.ts';
import { readTokens } from './read-tokens.ts';

/**
 * Makes the first token of an installation, when no token of an admin is valid, and puts it where only its owner can read it.
 *
 * @param command with wall time for `now`
 * @returns the token when it was made now
 */
export async function ensureAdminToken(
  command: Command,
  ports: { readonly ledger: Ledger; readonly random: Random; readonly adminTokenFile: AdminTokenFile },
): Promise<{ readonly secret: string } | undefined> {
  const tokens = await readTokens(ports.ledger);
  if (tokens.some((token) => token.role === 'admin' && tokenState(token, command.now) === 'valid')) return undefined;
  // Kept before it is valid: an end between the two leaves a useless file, not a valid token that nobody knows.
  const wish = { role: 'admin', slots: null, expiresAt: null } as const;
  const keep = (secret: string): Promise<void> => ports.adminTokenFile.write(secret);
  const created = await createToken(command, { ...wish, name: 'admin' }, ports, keep);
  if (created.outcome === 'created') return { secret: created.secret };
  // Somebody else made it at the same moment, or gave the name to a lesser one.
  if (created.token.role === 'admin') return undefined;
  const other = await createToken(command, { ...wish, name: `admin-${command.now}` }, ports, keep);
  return other.outcome === 'created' ? { secret: other.secret } : undefined;
}
