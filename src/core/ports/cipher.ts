/** What was encrypted belongs to this: decrypted with another context it is refused. Goes into AWS's own audit log, so nothing secret. */
export type CipherContext = Readonly<Record<string, string>>;

/** Encrypts with a data key per call, and keeps that key wrapped by a master key beside the text (envelope encryption, AES-256-GCM). */
export interface Cipher {
  /** @returns text that holds everything but the master key: version, wrapped data key, nonce, ciphertext, tag */
  encrypt(plain: Uint8Array, context: CipherContext): Promise<string>;
  /**
   * @throws AresError `CIPHER_REFUSED` when text or context were changed, it was encrypted under another master key,
   * or that key may not be used; `CIPHER_UNAVAILABLE` when the master key cannot be asked
   */
  decrypt(sealed: string, context: CipherContext): Promise<Uint8Array>;
}

/** Makes data keys and wraps them by a master key that never leaves its place. */
export interface DataKeys {
  /** @returns 32 random bytes, which the caller overwrites after use, and the same wrapped */
  generate(context: CipherContext): Promise<{ readonly plain: Uint8Array; readonly wrapped: Uint8Array }>;
  /** @throws AresError `CIPHER_REFUSED` when wrapped key or context were changed, or another master key wrapped it */
  unwrap(wrapped: Uint8Array, context: CipherContext): Promise<Uint8Array>;
}
