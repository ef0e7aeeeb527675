import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, describe, expect, test } from 'vitest';
import { createSecretsManagerSecrets } from '../../src/adapters/aws/secrets-manager-secrets.ts';
import { secretsContract } from '../contract/secrets/secrets-contract.ts';
import { startMiniStack } from '../support/ministack/start-ministack.ts';
import { emulatedClient } from './support/emulated-client.ts';

const emulator = await startMiniStack();

describe.skipIf(!emulator)('on the AWS emulator', () => {
  const client = new SecretsManagerClient(emulatedClient(emulator));
  afterAll(async () => {
    client.destroy();
    await emulator?.stop();
  });

  function open() {
    const prefix = `ares-${randomUUID()}`;
    const created = new Set<string>();
    async function write(account: string, SecretString: string) {
      const id = `${prefix}/${account}`;
      if (created.has(id)) await client.send(new PutSecretValueCommand({ SecretId: id, SecretString }));
      else await client.send(new CreateSecretCommand({ Name: id, SecretString }));
      created.add(id);
    }
    return { prefix, write, secrets: createSecretsManagerSecrets(client, prefix) };
  }

  secretsContract('Secrets Manager', async () => {
    const { secrets, write } = open();
    return { secrets, store: (account, keys) => write(account, JSON.stringify(keys)) };
  });

  test('keeps accounts apart', async () => {
    const { secrets, write } = open();
    await write('main', '{"apiKey": "m", "secret": "m"}');
    await write('other', '{"apiKey": "o", "secret": "o"}');
    expect(await secrets.exchangeKeys('main')).toEqual({ apiKey: 'm', secret: 'm' });
    expect(await secrets.exchangeKeys('other')).toEqual({ apiKey: 'o', secret: 'o' });
  });

  test('takes the placeholder of a deployment for missing keys, and says what to type', async () => {
    const { prefix, secrets, write } = open();
    await write('main', '{"apiKey": "REPLACE_ME", "secret": "REPLACE_ME"}');
    await expect(secrets.exchangeKeys('main')).rejects.toMatchObject({
      code: 'KEYS_MISSING',
      message: expect.stringContaining(
        `aws secretsmanager put-secret-value --secret-id ${prefix}/main --secret-string`,
      ),
      data: { account: 'main', id: `${prefix}/main` },
    });
  });

  test.each([
    ['{"apiKey": "AKIA-visible", "secret": "very-hidden"', 'was not JSON'],
    ['{"apiKey": "AKIA-visible", "secret": 12345}', 'wrong or missing: secret'],
    ['{"apiKey": "AKIA-visible", "secret": "very-hidden", "very-hidden": 1}', 'nothing else beside them'],
  ])('says what is wrong with %s without repeating any of it', async (content, expected) => {
    const { secrets, write } = open();
    await write('main', content);
    const error = await secrets.exchangeKeys('main').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'KEYS_INVALID', message: expect.stringContaining(expected) });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/very-hidden|AKIA|12345/);
  });
});
