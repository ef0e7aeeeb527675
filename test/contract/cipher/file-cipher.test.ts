import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEnvelopeCipher } from '../../../src/adapters/encryption/envelope-cipher.ts';
import { createFileDataKeys } from '../../../src/adapters/local/file-data-keys.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { cipherContract } from './cipher-contract.ts';

const newPath = () => join(temporaryDirectory(), 'data', 'master.key');
const cipherOf = (path: string) => createEnvelopeCipher(createFileDataKeys(path));
const PLAIN = new TextEncoder().encode('a secret');

cipherContract(
  'A master key in a file',
  async () => {
    const path = newPath();
    return { cipher: cipherOf(path), other: cipherOf(path), stranger: cipherOf(newPath()) };
  },
  100,
);

test('the master key is made once, of 32 bytes, for its owner only, though many need it at once', async () => {
  const path = newPath();
  const sealed = await Promise.all(Array.from({ length: 10 }, () => cipherOf(path).encrypt(PLAIN, {})));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path)).toHaveLength(32);
  expect(readdirSync(join(path, '..'))).toEqual(['master.key']);
  for (const text of sealed) expect(await cipherOf(path).decrypt(text, {})).toEqual(PLAIN);
});

test.each([0o644, 0o640, 0o604])('refuses a master key of mode %o, which others may use', async (mode) => {
  const path = newPath();
  const sealed = await cipherOf(path).encrypt(PLAIN, {});
  chmodSync(path, mode);
  const refused = { code: 'MASTER_KEY_EXPOSED', message: expect.stringContaining(`chmod 600 ${path}`) };
  await expect(cipherOf(path).decrypt(sealed, {})).rejects.toMatchObject(refused);
  await expect(cipherOf(path).encrypt(PLAIN, {})).rejects.toMatchObject(refused);
});

test('never makes a new master key where an old one must have been, nor uses a damaged one', async () => {
  const path = newPath();
  const sealed = await cipherOf(path).encrypt(PLAIN, {});
  writeFileSync(path, '');
  await expect(cipherOf(path).encrypt(PLAIN, {})).rejects.toMatchObject({ code: 'MASTER_KEY_INVALID' });
  rmSync(path);
  await expect(cipherOf(path).decrypt(sealed, {})).rejects.toMatchObject({ code: 'MASTER_KEY_MISSING' });
  expect(readdirSync(join(path, '..'))).toEqual([]);
});
