import { createHash } from 'node:crypto';
import { AresError } from '../../src/core/ares-error.ts';
import type { ModelHash, ModelStore } from '../../src/core/ports/model-store.ts';

export interface MemoryModelStore extends ModelStore {
  /** Loses the bytes, as a deleted file would. */
  lose(hash: ModelHash): void;
  /** Damages the stored bytes. */
  damage(hash: ModelHash): void;
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex') as ModelHash;

/** A model store that keeps all its promises except to outlive the process. */
export function createMemoryModelStore(): MemoryModelStore {
  const models = new Map<ModelHash, Uint8Array>();
  return {
    async put(bytes) {
      const hash = hashOf(bytes);
      if (!models.has(hash)) models.set(hash, bytes.slice());
      return hash;
    },
    async get(hash) {
      const bytes = models.get(hash);
      if (!bytes) throw new AresError('MODEL_MISSING', `model ${hash} must be stored, was not`, { hash });
      const was = hashOf(bytes);
      if (was !== hash) throw new AresError('MODEL_CORRUPT', `model must have the hash ${hash}, had ${was}`, { hash, was });
      return bytes.slice();
    },
    async has(hash) {
      return models.has(hash);
    },
    lose(hash) {
      models.delete(hash);
    },
    damage(hash) {
      models.set(hash, new Uint8Array([...(models.get(hash) ?? []), 0]));
    },
  };
}
