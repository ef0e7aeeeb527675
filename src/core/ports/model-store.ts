/** SHA-256 of a model's bytes: 64 lower-case hexadecimal digits. */
export type ModelHash = string & { readonly __brand: 'ModelHash' };

/** Model bytes under their own hash; what is stored is never overwritten. */
export interface ModelStore {
  /** Stores the bytes and returns their hash; storing the same bytes again changes nothing. */
  put(bytes: Uint8Array): Promise<ModelHash>;
  /**
   * The bytes, verified against the hash on every read.
   *
   * @throws AresError `MODEL_MISSING` when there are none, `MODEL_CORRUPT` when they do not have this hash.
   */
  get(hash: ModelHash): Promise<Uint8Array>;
  has(hash: ModelHash): Promise<boolean>;
}
