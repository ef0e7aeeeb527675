import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AresError } from '../../core/ares-error.ts';
import { canonicalJson } from '../../core/audit/canonical-json.ts';
import type { Cipher, CipherContext, DataKeys } from '../../core/ports/cipher.ts';

const VERSION = 'ares1';
const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const refused = (reason: string, cause?: unknown) =>
  new AresError(
    'CIPHER_REFUSED',
    `encrypted text must be unchanged, with the context it was encrypted for: ${reason}`,
    {},
    cause,
  );

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

/** Every part has one way to be written, so that a changed character is always a changed text. */
function bytesOf(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part) throw refused('a part of it is not base64url');
  return bytes;
}

function parse(sealed: string) {
  const [version, ...parts] = sealed.split('.');
  if (version !== VERSION) throw refused(`it must begin with "${VERSION}."`);
  const [wrapped, nonce, ciphertext, tag] = parts.map(bytesOf);
  if (parts.length !== 4 || !wrapped || !ciphertext || nonce?.length !== NONCE_BYTES || tag?.length !== TAG_BYTES) {
    throw refused('it must have a wrapped key, a nonce, a ciphertext and a tag');
  }
  return { wrapped, nonce, ciphertext, tag };
}

/** What is authenticated besides the text itself; the wrapped key too, whatever whoever wrapped it makes of a changed one. */
const authenticated = (context: CipherContext, wrapped: Uint8Array) =>
  Buffer.from(canonicalJson({ version: VERSION, context, wrapped: text(wrapped) }));

/**
 * Envelope encryption: every text has a data key and a nonce of its own, and holds the data key wrapped.
 *
 * The format is `ares1.<wrapped key>.<nonce>.<ciphertext>.<tag>`, each part in base64url; AES-256-GCM authenticates version, context and wrapped key with it.
 */
export function createEnvelopeCipher(dataKeys: DataKeys): Cipher {
  return {
    async encrypt(plain, context) {
      const key = await dataKeys.generate(context);
      try {
        const nonce = randomBytes(NONCE_BYTES);
        const cipher = createCipheriv(ALGORITHM, key.plain, nonce, { authTagLength: TAG_BYTES });
        cipher.setAAD(authenticated(context, key.wrapped));
        const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
        return [VERSION, ...[key.wrapped, nonce, ciphertext, cipher.getAuthTag()].map(text)].join('.');
      } finally {
        key.plain.fill(0);
      }
    },
    async decrypt(sealed, context) {
      const { wrapped, nonce, ciphertext, tag } = parse(sealed);
      const key = await dataKeys.unwrap(wrapped, context);
      try {
        const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
        decipher.setAAD(authenticated(context, wrapped));
        decipher.setAuthTag(tag);
        return new Uint8Array(Buffer.concat([decipher.update(ciphertext), decipher.final()]));
      } catch (error) {
        throw refused('it does not authenticate', error);
      } finally {
        key.fill(0);
      }
    },
  };
}
