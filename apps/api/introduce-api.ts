import { adminTokenFile } from '#port/admin-token-file';
import { ledger } from '#port/ledger';
import { random } from '#port/random';
import { wallClock } from '#port/wall-clock';
import { ensureAdminToken } from '../../src/core/access/ensure-admin-token.ts';

/**
 * Makes the first token where there is none, and says how the API is used.
 *
 * @param url of the API
 * @returns lines for the person who started it; the token is in them only when it was made now
 */
export async function introduceApi(url: string): Promise<readonly string[]> {
  const id = random().id();
  const command = { id, user: 'first-start', now: wallClock.now(), sessionId: `start-${id}` };
  const file = adminTokenFile();
  const made = await ensureAdminToken(command, { ledger: ledger(), random: random(), adminTokenFile: file });
  if (made === undefined)
    return [`MLflow: MLFLOW_TRACKING_URI=${url}; what changes something needs a token ("./ares token create").`];
  return [
    `The first token of this installation, of an admin. It is shown once, and kept in ${file.path} (0600):`,
    `MLFLOW_TRACKING_URI=${url} MLFLOW_TRACKING_TOKEN=${made.secret}`,
  ];
}
