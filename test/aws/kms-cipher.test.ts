import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { afterAll, describe, expect, test } from 'vitest';
import { createKmsDataKeys } from '../../src/adapters/aws/kms-data-keys.ts';
import { createEnvelopeCipher } from '../../src/adapters/encryption/envelope-cipher.ts';
import { cipherContract } from '../contract/cipher/cipher-contract.ts';
import { startMiniStack } from '../support/ministack/start-ministack.ts';
import { emulatedClient } from './support/emulated-client.ts';

const emulator = await startMiniStack();

describe.skipIf(!emulator)('on the AWS emulator', () => {
  const client = new KMSClient(emulatedClient(emulator));
  afterAll(async () => {
    client.destroy();
    await emulator?.stop();
  });

  const newKey = async () => (await client.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
  const cipherOf = (key: string) => createEnvelopeCipher(createKmsDataKeys(client, key));

  // KMS authenticates the whole of a wrapped key. The emulator overlooks changes of the first bytes: the envelope itself must refuse them.
  cipherContract(
    'KMS',
    async () => {
      const key = await newKey();
      return { cipher: cipherOf(key), other: cipherOf(key), stranger: cipherOf(await newKey()) };
    },
    30,
  );

  test('says of a key that KMS does not have that it was refused, and of no answer that there was none', async () => {
    const absent = cipherOf('arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000');
    await expect(absent.encrypt(new Uint8Array(3), {})).rejects.toMatchObject({
      code: 'CIPHER_REFUSED',
      message: expect.stringContaining('KMS must accept the request'),
    });
    const nobody = new KMSClient({ ...emulatedClient(emulator, { maxAttempts: 1 }), endpoint: 'http://127.0.0.1:1' });
    const keys = createKmsDataKeys(nobody, 'any');
    await expect(keys.unwrap(new Uint8Array(3), {})).rejects.toMatchObject({ code: 'CIPHER_UNAVAILABLE' });
  });

  test('the data key is overwritten after use', async () => {
    const handed: Uint8Array[] = [];
    const inner = createKmsDataKeys(client, await newKey());
    const keep = (plain: Uint8Array) => {
      expect(plain.some((byte) => byte !== 0)).toBe(true);
      handed.push(plain);
      return plain;
    };
    const cipher = createEnvelopeCipher({
      generate: async (context) => {
        const { plain, wrapped } = await inner.generate(context);
        return { plain: keep(plain), wrapped };
      },
      unwrap: async (wrapped, context) => keep(await inner.unwrap(wrapped, context)),
    });
    await cipher.decrypt(await cipher.encrypt(new Uint8Array(3), {}), {});
    expect(handed.map((key) => key.every((byte) => byte === 0))).toEqual([true, true]);
  });
});
