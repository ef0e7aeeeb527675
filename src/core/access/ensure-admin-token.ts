import type { Command } from '../events/command.ts';
import type { AdminTokenFile } from '../ports/admin-token-file.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Random } from '../ports/random.ts';
import { tokenState } from './access-token.ts';
import { createToken } from './create-token.ts';
import { readTokens } from './read-tokens.ts';
import { revokeToken } from './revoke-token.ts';

interface FirstTokenPorts {
  readonly ledger: Ledger;
  readonly random: Random;
  readonly adminTokenFile: AdminTokenFile;
}

/**
 * Makes the first token of an installation, when no token of an admin is valid, and puts it where only its owner can read it.
 *
 * @param command with wall time for `now`
 * @returns the token when it was made now
 */
export async function ensureAdminToken(
  command: Command,
  ports: FirstTokenPorts,
): Promise<{ readonly secret: string } | undefined> {
  const tokens = await readTokens(ports.ledger);
  if (tokens.some((token) => token.role === 'admin' && tokenState(token, command.now) === 'valid')) return undefined;
  const wish = { name: 'admin', role: 'admin', slots: null, expiresAt: null } as const;
  let made = await createToken(command, wish, ports);
  // Somebody gave the name to a lesser one; a token of an admin was made by another start at the same moment.
  if (made.outcome === 'name_taken' && made.token.role !== 'admin')
    made = await createToken(command, { ...wish, name: `admin-${command.now}` }, ports);
  if (made.outcome === 'name_taken') return undefined;
  await keep(made.token.name, made.secret, command, ports);
  return { secret: made.secret };
}

/** Only who has made it writes the file: of two starts the other one's would be no token. */
async function keep(name: string, secret: string, command: Command, ports: FirstTokenPorts): Promise<void> {
  try {
    await ports.adminTokenFile.write(secret);
  } catch (error) {
    await revokeToken(command, { name, reason: 'it could not be kept for its owner' }, ports);
    throw error;
  }
}
