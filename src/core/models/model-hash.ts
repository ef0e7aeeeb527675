import { AresError } from '../ares-error.ts';
import type { ModelHash } from '../ports/model-store.ts';

/** @throws AresError `MODEL_HASH_INVALID`: a hash becomes part of a path or a key, so nothing else may get there */
export function requireModelHash(hash: string): ModelHash {
  if (/^[0-9a-f]{64}$/.test(hash)) return hash as ModelHash;
  throw new AresError('MODEL_HASH_INVALID', `a model hash must be 64 lower-case hexadecimal digits, was "${hash}"`, {
    hash,
  });
}
