import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFileModelStore } from '../../../src/adapters/local/file-model-store.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { modelStoreContract } from './model-store-contract.ts';

modelStoreContract('Files', async () => {
  const directory = join(temporaryDirectory(), 'models');
  return {
    store: createFileModelStore(directory),
    other: createFileModelStore(directory),
    damage: (hash, bytes) => writeFile(join(directory, `${hash}.onnx`), bytes),
  };
});

test('a model file appears whole under its name, with nothing else beside it', async () => {
  const directory = join(temporaryDirectory(), 'models');
  const store = createFileModelStore(directory);
  const hashes = await Promise.all(['a', 'b', 'a'].map((text) => store.put(new TextEncoder().encode(text))));
  expect(readdirSync(directory).toSorted()).toEqual([...new Set(hashes)].map((hash) => `${hash}.onnx`).toSorted());
});

test('a write cut off by a crash is neither a model nor in the way of one', async () => {
  const directory = join(temporaryDirectory(), 'models');
  mkdirSync(directory);
  const store = createFileModelStore(directory);
  const bytes = new TextEncoder().encode('a');
  const hash = await createFileModelStore(join(temporaryDirectory(), 'elsewhere')).put(bytes);
  writeFileSync(join(directory, `.${hash}.crashed.part`), '');
  expect(await store.has(hash)).toBe(false);
  await store.put(bytes);
  expect(Buffer.from(await store.get(hash)).equals(bytes)).toBe(true);
});

test('a directory that cannot be written to is named with a remedy', async () => {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  await expect(createFileModelStore(join(file, 'models')).put(new Uint8Array(1))).rejects.toMatchObject({
    code: 'DATA_DIR_UNWRITABLE',
    message: expect.stringContaining('ARES_DATA_DIR'),
  });
});
