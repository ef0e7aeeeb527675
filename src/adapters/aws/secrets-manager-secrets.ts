import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AresError } from '../../core/ares-error.ts';
import type { Secrets } from '../../core/ports/secrets.ts';
import { KEYS_PLACEHOLDER, parseExchangeKeys } from '../../core/security/exchange-keys.ts';
import { faultName, sdkFault } from './sdk-fault.ts';

/**
 * The keys of exchange accounts from Secrets Manager, read at each call, so that new keys need no restart.
 *
 * @param prefix an account's secret is called this, a slash and the account
 */
export function createSecretsManagerSecrets(client: SecretsManagerClient, prefix: string): Secrets {
  async function read(account: string, id: string): Promise<string> {
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
      return SecretString ?? '';
    } catch (error) {
      if (faultName(error) === 'ResourceNotFoundException') throw missing(account, id, 'there is none', error);
      throw sdkFault(error, 'SECRETS', 'Secrets Manager');
    }
  }
  return {
    async exchangeKeys(account) {
      const id = `${prefix}/${account}`;
      const text = await read(account, id);
      if (text === '') throw missing(account, id, 'it holds no text');
      const keys = parseExchangeKeys(text, `the secret ${id}`, { account, id });
      if (keys.apiKey === KEYS_PLACEHOLDER) throw missing(account, id, 'it holds the placeholder of the deployment');
      return keys;
    },
  };
}

function missing(account: string, id: string, was: string, cause?: unknown): AresError {
  return new AresError(
    'KEYS_MISSING',
    `the keys of account "${account}" must be in the secret ${id}, ${was}. ` +
      `Write {"apiKey": "…", "secret": "…"} to keys.json, run: aws secretsmanager put-secret-value --secret-id ${id} --secret-string file://keys.json, and remove the file`,
    { account, id },
    cause,
  );
}
