import { createFileSecrets } from '../../adapters/local/file-secrets.ts';
import type { Secrets } from '../../core/ports/secrets.ts';
import { readEnv } from '../env.ts';

let built: Secrets | undefined;

export const secrets = (): Secrets => {
  built ??= createFileSecrets(readEnv().ARES_KEYS_FILE);
  return built;
};
