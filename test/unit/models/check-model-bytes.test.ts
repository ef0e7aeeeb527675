import { describe, expect, it } from 'vitest';
import { AresError } from '../../../src/core/ares-error.ts';
import { checkModelBytes } from '../../../src/core/models/check-model-bytes.ts';
import type { ModelHash, ModelStore } from '../../../src/core/ports/model-store.ts';

const hash = 'a'.repeat(64) as ModelHash;
const storeThat = (get: ModelStore['get']): ModelStore => ({ get, put: async () => hash, has: async () => true });
const storeThatThrows = (error: unknown) => storeThat(() => Promise.reject(error));

describe('the bytes of a model', () => {
  it('are handed over when they are there', async () => {
    const bytes = new Uint8Array([1, 2]);
    expect(
      await checkModelBytes(
        storeThat(async () => bytes),
        hash,
      ),
    ).toEqual({ ok: true, bytes });
  });

  it.each([
    ['MODEL_MISSING', 'bytes missing'],
    ['MODEL_CORRUPT', 'bytes corrupt'],
  ])('are found to be unusable: %s', async (code, reason) => {
    const store = storeThatThrows(new AresError(code, 'said by the store'));
    expect(await checkModelBytes(store, hash)).toEqual({ ok: false, code, reason });
  });

  it.each([
    new AresError('STORE_UNAVAILABLE', 'no network'),
    Object.assign(new Error('of another library'), { code: 'MODEL_MISSING' }),
    'MODEL_CORRUPT',
  ])('are not judged by a store that cannot be reached: %s', async (fault) => {
    await expect(checkModelBytes(storeThatThrows(fault), hash)).rejects.toBe(fault);
  });
});
