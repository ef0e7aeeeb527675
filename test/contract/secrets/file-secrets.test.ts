import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createFileSecrets } from '../../../src/adapters/local/file-secrets.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { secretsContract } from './secrets-contract.ts';

function fileWith(content: string, mode = 0o600): string {
  const path = join(temporaryDirectory(), 'keys.json');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

secretsContract('A file', async () => {
  const path = join(temporaryDirectory(), 'keys.json');
  return {
    secrets: createFileSecrets(path),
    store: async (_account, keys) => writeFileSync(path, JSON.stringify(keys), { mode: 0o600 }),
  };
});

const KEYS = JSON.stringify({ apiKey: 'AKIA-visible', secret: 'very-hidden' });

test.each([0o644, 0o640, 0o604, 0o602, 0o610])(
  'refuses a file of mode %o, which others may use, saying how to correct it',
  async (mode) => {
    const path = fileWith(KEYS, mode);
    const was = `0${mode.toString(8)}`;
    await expect(createFileSecrets(path).exchangeKeys('paper')).rejects.toMatchObject({
      code: 'KEYS_EXPOSED',
      message: `${path} must be 0600, was ${was}: others can read or change it. Run: chmod 600 ${path}`,
    });
  },
);

test('takes a file that its owner can only read', async () => {
  expect(await createFileSecrets(fileWith(KEYS, 0o400)).exchangeKeys('paper')).toMatchObject({
    apiKey: 'AKIA-visible',
  });
});

test.each([
  ['{"apiKey": "AKIA-visible", "secret": "very-hidden"', 'was not JSON'],
  ['{"apiKey": "AKIA-visible", "secret": 12345}', 'wrong or missing: secret'],
  ['{"secret": ""}', 'wrong or missing: apiKey, secret'],
  ['{"apiKey": "AKIA-visible", "secret": "very-hidden", "very-hidden": 1}', 'nothing else beside them'],
  ['"very-hidden"', 'must be JSON like'],
])('says what is wrong with %s without repeating any of it', async (content, expected) => {
  const error = await createFileSecrets(fileWith(content))
    .exchangeKeys('paper')
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'KEYS_INVALID', message: expect.stringContaining(expected) });
  expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/very-hidden|AKIA|12345/);
});

test('names the variable to set when there is no file', async () => {
  await expect(createFileSecrets(undefined).exchangeKeys('paper')).rejects.toMatchObject({
    code: 'KEYS_MISSING',
    message: expect.stringContaining('ARES_KEYS_FILE'),
  });
});
