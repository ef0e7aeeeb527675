import { createHash } from 'node:crypto';
import { AresError } from '../../src/core/ares-error.ts';
import type { ModelHash, ModelStore } from '../../src/core/ports/model-store.ts';

export interface MemoryModelStore extends ModelStore {
  /** Loses the bytes, as a deleted file would. */
  lose(hash: ModelHash): void;
  /** Replaces the stored bytes by others. */
  damage(hash: ModelHash, bytes?: Uint8Array): void;
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex') as ModelHash;

/** A model store that keeps all its promises except to outlive the process. */
export function createMemoryModelStore(): MemoryModelStore {
  const models = new Map<ModelHash, Uint8Array>();
  const read = (hash: ModelHash): Uint8Array => {
    if (!/^[0-9a-f]{64}$/.test(hash)) {
      throw new AresError('MODEL_HASH_INVALID', `hash must be 64 lower-case hexadecimal digits, was "${hash}"`);
    }
    const bytes = models.get(hash);
    if (!bytes) throw new AresError('MODEL_MISSING', `model ${hash} must be stored, was not`, { hash });
    const was = hashOf(bytes);
    if (was !== hash)
      throw new AresError('MODEL_CORRUPT', `model must have the hash ${hash}, had ${was}`, { hash, was });
    return bytes.slice();
  };
  return {
    async put(bytes) {
      const hash = hashOf(bytes);
      if (models.has(hash)) read(hash);
      else models.set(hash, bytes.slice());
      return hash;
    },
    async get(hash) {
      return read(hash);
    },
    async has(hash) {
      return models.has(hash);
    },
    lose(hash) {
      models.delete(hash);
    },
    damage(hash, bytes = new Uint8Array([0])) {
      models.set(hash, bytes);
    },
  };
}
