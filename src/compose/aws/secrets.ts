import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientOptions } from '../../adapters/aws/client-options.ts';
import { createSecretsManagerSecrets } from '../../adapters/aws/secrets-manager-secrets.ts';
import type { Secrets } from '../../core/ports/secrets.ts';
import { requireEnv } from '../require-env.ts';

let built: Secrets | undefined;

/** @throws AresError `ENV_INVALID` when nobody says what the secrets' names begin with */
export const secrets = (): Secrets => {
  built ??= createSecretsManagerSecrets(
    new SecretsManagerClient(clientOptions()),
    requireEnv('ARES_KEYS_SECRET_PREFIX', 'what the names of the secrets with exchange keys begin with'),
  );
  return built;
};
