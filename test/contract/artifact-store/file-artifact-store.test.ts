import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFileArtifactStore } from '../../../src/adapters/local/file-artifact-store.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { artifactStoreContract, streamOf, textIn } from './artifact-store-contract.ts';

artifactStoreContract('Files', async () => createFileArtifactStore(join(temporaryDirectory(), 'artifacts')));

const refusal = { code: 'INVALID_PARAMETER_VALUE' };

function openWithLinks() {
  const outside = join(temporaryDirectory(), 'outside');
  const root = join(temporaryDirectory(), 'artifacts');
  mkdirSync(outside);
  mkdirSync(join(root, 'run'), { recursive: true });
  writeFileSync(join(outside, 'secret'), 'secret');
  symlinkSync(outside, join(root, 'run', 'folder'));
  symlinkSync(join(outside, 'secret'), join(root, 'run', 'file'));
  symlinkSync(join(outside, 'none'), join(root, 'run', 'dangling'));
  return { outside, store: createFileArtifactStore(root) };
}

test('follows no symbolic link, neither at the end of a path nor on the way', async () => {
  const { outside, store } = openWithLinks();
  for (const path of ['run/file', 'run/folder/secret', 'run/folder', 'run/dangling']) {
    await expect(store.get(path)).rejects.toMatchObject(refusal);
    await expect(store.put(path, streamOf('taken over'))).rejects.toMatchObject(refusal);
    await expect(store.delete(path)).rejects.toMatchObject(refusal);
  }
  await expect(store.put('run/folder/new/file', streamOf('x'))).rejects.toMatchObject(refusal);
  await expect(store.list('run/folder')).rejects.toMatchObject(refusal);
  expect(await store.list('run')).toEqual([]);
  expect(readdirSync(outside)).toEqual(['secret']);
  expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret');
});

test('deletes a folder with links in it and leaves what they lead to', async () => {
  const { outside, store } = openWithLinks();
  await store.delete('run');
  expect(readdirSync(outside)).toEqual(['secret']);
});

test('says what stands in the way of an artifact', async () => {
  const store = createFileArtifactStore(join(temporaryDirectory(), 'artifacts'));
  await store.put('a/file', streamOf('x'));
  await expect(store.put('a/file/deeper', streamOf('x'))).rejects.toMatchObject(refusal);
  await expect(store.put('a', streamOf('x'))).rejects.toMatchObject({ message: expect.stringContaining("'a'") });
  expect(await textIn(store, 'a/file')).toBe('x');
});

test('never shows an upload that a crash cut off', async () => {
  const root = temporaryDirectory();
  const store = createFileArtifactStore(root);
  await store.put('a/file', streamOf('x'));
  writeFileSync(join(root, 'a', '.artifact.uploading.crashed'), 'half');
  expect((await store.list('a')).map(({ path }) => path)).toEqual(['a/file']);
});

test('leaves nothing on the disk of an upload that broke off', async () => {
  const root = temporaryDirectory();
  const store = createFileArtifactStore(root);
  await store.put('a/file', streamOf('x'));
  const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('gone')) });
  await expect(store.put('a/other', broken)).rejects.toThrow('gone');
  expect(readdirSync(join(root, 'a'))).toEqual(['file']);
});

test('uploads into folders that others empty at the same moment', async () => {
  const store = createFileArtifactStore(join(temporaryDirectory(), 'artifacts'));
  await Promise.all(
    Array.from({ length: 40 }, async (_, n) => {
      await store.put(`a/b/${n}`, streamOf(String(n)));
      if (n % 2) await store.delete(`a/b/${n}`);
    }),
  );
  expect((await store.list('a/b')).length).toBe(20);
});

test('a directory that cannot be written to is named with a remedy', async () => {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  await expect(createFileArtifactStore(join(file, 'artifacts')).put('a', streamOf('x'))).rejects.toMatchObject({
    code: 'DATA_DIR_UNWRITABLE',
    message: expect.stringContaining('ARES_DATA_DIR'),
  });
});
