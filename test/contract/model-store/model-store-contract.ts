import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ModelHash, ModelStore } from '../../../src/core/ports/model-store.ts';

export interface ModelStoreUnderTest {
  readonly store: ModelStore;
  /** The same store as another process sees it. */
  readonly other: ModelStore;
  /** Replaces the stored bytes behind the store's back. */
  damage(hash: ModelHash, bytes: Uint8Array): Promise<void>;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex') as ModelHash;

/** What every model store promises. `open` gives an empty one each time. */
export function modelStoreContract(name: string, open: () => Promise<ModelStoreUnderTest>): void {
  describe(`${name} keeps the model store's contract`, () => {
    test('gives bytes back under their SHA-256, also to another process', async () => {
      const { store, other } = await open();
      const bytes = bytesOf('a model');
      const hash = await store.put(bytes);
      expect(hash).toBe(hashOf(bytes));
      expect(Buffer.from(await other.get(hash)).equals(bytes)).toBe(true);
      expect(await other.has(hash)).toBe(true);
    });

    test('takes the same bytes again, many at once, without change', async () => {
      const { store, other } = await open();
      const bytes = bytesOf('a model');
      const hashes = await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? store : other).put(bytes)));
      expect(new Set(hashes)).toEqual(new Set([hashOf(bytes)]));
      expect(Buffer.from(await store.get(hashOf(bytes))).equals(bytes)).toBe(true);
    });

    test('says of a model it does not have that it is missing', async () => {
      const { store } = await open();
      const hash = hashOf(bytesOf('never stored'));
      expect(await store.has(hash)).toBe(false);
      await expect(store.get(hash)).rejects.toMatchObject({ name: 'AresError', code: 'MODEL_MISSING', data: { hash } });
    });

    test('never returns bytes that were truncated or changed', async () => {
      const { store, damage } = await open();
      const hash = await store.put(bytesOf('a model'));
      for (const wrong of ['', 'a mode', 'A model', 'a model ']) {
        await damage(hash, bytesOf(wrong));
        await expect(store.get(hash)).rejects.toMatchObject({
          name: 'AresError',
          code: 'MODEL_CORRUPT',
          data: { hash, was: hashOf(bytesOf(wrong)) },
        });
      }
    });

    test('does not pretend to have stored a model whose stored bytes are damaged', async () => {
      const { store, damage } = await open();
      const bytes = bytesOf('a model');
      await damage(await store.put(bytes), bytesOf('another'));
      await expect(store.put(bytes)).rejects.toMatchObject({ code: 'MODEL_CORRUPT' });
    });

    test('refuses what is not a hash before it touches anything', async () => {
      const { store } = await open();
      for (const wrong of ['../../etc/passwd', 'ABC', '', 'a'.repeat(63)]) {
        await expect(store.get(wrong as ModelHash)).rejects.toMatchObject({ code: 'MODEL_HASH_INVALID' });
      }
    });
  });
}
