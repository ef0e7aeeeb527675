import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ArtifactStore } from '../../../src/core/ports/artifact-store.ts';

const MEBIBYTE = 1024 * 1024;

export const streamOf = (...chunks: readonly (Uint8Array | string)[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks)
        controller.enqueue(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk);
      controller.close();
    },
  });

/** The file's text; `undefined` when there is none. */
export async function textIn(store: ArtifactStore, path: string): Promise<string | undefined> {
  const found = await store.get(path);
  return found && (await new Response(found.content).text());
}

/** What every store of artifacts promises. */
export function artifactStoreContract(name: string, open: () => Promise<ArtifactStore>): void {
  describe(`${name} as a store of artifacts`, () => {
    test('gives back what was put, of any bytes, and of none', async () => {
      const store = await open();
      const bytes = randomBytes(200_000);
      await store.put('0/run/artifacts/any.bin', streamOf(bytes));
      await store.put('0/run/artifacts/empty', streamOf());
      const found = await store.get('0/run/artifacts/any.bin');
      expect(found?.size).toBe(bytes.length);
      expect(Buffer.from(await new Response(found?.content).arrayBuffer()).equals(bytes)).toBe(true);
      const empty = await store.get('0/run/artifacts/empty');
      expect(empty?.size).toBe(0);
      expect(await new Response(empty?.content).text()).toBe('');
    });

    test('takes names as people give them', async () => {
      const store = await open();
      const paths = ['a b/c d.txt', 'ä/日本語.txt', "quote's/and&amp;.txt", '100%/+=~@!.txt', '.hidden/file', 'a%20b'];
      for (const path of paths) await store.put(path, streamOf(path));
      for (const path of paths) expect(await textIn(store, path)).toBe(path);
      expect((await store.list('')).map(({ path }) => path).toSorted()).toEqual(
        ['.hidden', '100%', 'a b', 'a%20b', "quote's", 'ä'].toSorted(),
      );
    });

    test('has no file where nothing was put, nor where a folder is', async () => {
      const store = await open();
      await store.put('a/b/c.txt', streamOf('c'));
      for (const path of ['a/b/none', 'none/at/all', 'a/b', 'a/b/c.txt/deeper'])
        expect(await store.get(path)).toBe(undefined);
    });

    test('replaces a file', async () => {
      const store = await open();
      await store.put('a.txt', streamOf('long, long before'));
      await store.put('a.txt', streamOf('now'));
      expect(await textIn(store, 'a.txt')).toBe('now');
    });

    test('leaves what was there when an upload breaks off', async () => {
      const store = await open();
      await store.put('a/kept.txt', streamOf('whole'));
      const broken = () => {
        let sent = 0;
        return new ReadableStream<Uint8Array>({
          pull(controller) {
            if (sent++ < 3) controller.enqueue(randomBytes(100_000));
            else controller.error(new Error('the line went dead'));
          },
        });
      };
      await expect(store.put('a/kept.txt', broken())).rejects.toThrow();
      await expect(store.put('a/new.txt', broken())).rejects.toThrow();
      expect(await textIn(store, 'a/kept.txt')).toBe('whole');
      expect((await store.list('a')).map(({ path }) => path)).toEqual(['a/kept.txt']);
    });

    test('lists what stands directly in a folder, by path, folders without a size', async () => {
      const store = await open();
      for (const path of ['m/MLmodel', 'm/data/one', 'm/data/deep/two', 'm/a.txt', 'mm/no'])
        await store.put(path, streamOf('12345'));
      expect(await store.list('m')).toEqual([
        { path: 'm/MLmodel', isDirectory: false, size: 5 },
        { path: 'm/a.txt', isDirectory: false, size: 5 },
        { path: 'm/data', isDirectory: true },
      ]);
      expect(await store.list('')).toEqual([
        { path: 'm', isDirectory: true },
        { path: 'mm', isDirectory: true },
      ]);
      expect(await store.list('m/MLmodel')).toEqual([]);
      expect(await store.list('nothing/here')).toEqual([]);
    });

    test('lists more files than one answer of a storage holds', async () => {
      const store = await open();
      const paths = Array.from({ length: 1_050 }, (_, n) => `many/${String(n).padStart(4, '0')}`);
      for (let at = 0; at < paths.length; at += 50) {
        await Promise.all(paths.slice(at, at + 50).map((path) => store.put(path, streamOf('1'))));
      }
      expect((await store.list('many')).map(({ path }) => path)).toEqual(paths);
      await store.delete('many');
      expect(await store.list('many')).toEqual([]);
    });

    test('deletes a file, or a folder with all in it, and nothing beside it', async () => {
      const store = await open();
      for (const path of ['a/b/1', 'a/b/c/2', 'a/bb', 'a/b.txt']) await store.put(path, streamOf(path));
      await store.delete('a/b');
      expect((await store.list('a')).map(({ path }) => path)).toEqual(['a/b.txt', 'a/bb']);
      await store.delete('a/bb');
      await store.delete('a/b.txt');
      await store.delete('a/b.txt');
      await store.delete('never/was');
      expect(await store.list('a')).toEqual([]);
      expect(await store.list('')).toEqual([]);
    });

    test('of many that write one file at the same time, one is there whole', async () => {
      const store = await open();
      const writers = Array.from({ length: 8 }, (_, n) => randomBytes(50_000 + n));
      await Promise.all(writers.map((bytes) => store.put('race/file', streamOf(bytes))));
      const found = await store.get('race/file');
      const there = Buffer.from(await new Response(found?.content).arrayBuffer());
      expect(writers.some((bytes) => there.equals(bytes))).toBe(true);
    });

    test('takes and gives 50 MB without holding them', { timeout: 60_000 }, async () => {
      const store = await open();
      const block = randomBytes(MEBIBYTE);
      let left = 50;
      const put = createHash('sha256');
      const content = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (left-- === 0) return controller.close();
          const chunk = new Uint8Array(block);
          put.update(chunk);
          controller.enqueue(chunk);
        },
      });
      await store.put('large', content);
      const found = await store.get('large');
      expect(found?.size).toBe(50 * MEBIBYTE);
      const got = createHash('sha256');
      for await (const chunk of found?.content ?? []) got.update(chunk);
      expect(got.digest('hex')).toBe(put.digest('hex'));
    });
  });
}
