/** What was encrypted belongs to this: decrypted with another context it is refused. Goes into AWS's own audit log, so nothing secret. */
export type CipherContext = Readonly<Record<string, string>>;

/** Encrypts with a data key per call, and keeps that key wrapped by a master key beside the text (envelope encryption, AES-256-GCM). */
export interface Cipher {
  /** @returns text that holds everything but the master key: version, wrapped data key, nonce, ciphertext, tag */
  encrypt(plain: Uint8Array, context: CipherContext): Promise<string>;
  /** @throws AresError `CIPHER_REFUSED` when text or context were changed, or it was encrypted under another master key */
  decrypt(sealed: string, context: CipherContext): Promise<Uint8Array>;
}
