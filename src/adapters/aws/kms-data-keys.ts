import { DecryptCommand, GenerateDataKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { AresError } from '../../core/ares-error.ts';
import type { DataKeys } from '../../core/ports/cipher.ts';
import { faultName, sdkFault } from './sdk-fault.ts';

/** KMS says so of a wrapped key or a context that was changed, and of one that another key wrapped. */
const FOREIGN = ['InvalidCiphertextException', 'IncorrectKeyException'];

function requirePlain(plain: Uint8Array | undefined, code: 'CIPHER_REFUSED' | 'CIPHER_UNAVAILABLE'): Uint8Array {
  if (plain?.length === 32) return plain;
  throw new AresError(code, `a data key of KMS must have 32 bytes, had ${plain?.length ?? 'none'}`);
}

/**
 * Data keys that a KMS key wraps; the context is KMS's encryption context, which its audit log shows.
 *
 * @param keyId ARN of a symmetric key; its yearly rotation keeps old wrapped keys readable
 */
export function createKmsDataKeys(client: KMSClient, keyId: string): DataKeys {
  return {
    async generate(context) {
      try {
        const { Plaintext, CiphertextBlob } = await client.send(
          new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: 'AES_256', EncryptionContext: { ...context } }),
        );
        const plain = requirePlain(Plaintext, 'CIPHER_UNAVAILABLE');
        if (!CiphertextBlob) throw new AresError('CIPHER_UNAVAILABLE', 'KMS must give a wrapped key, gave none');
        return { plain, wrapped: CiphertextBlob };
      } catch (error) {
        throw sdkFault(error, 'CIPHER', 'KMS');
      }
    },
    async unwrap(wrapped, context) {
      try {
        const { Plaintext } = await client.send(
          new DecryptCommand({ KeyId: keyId, CiphertextBlob: wrapped, EncryptionContext: { ...context } }),
        );
        return requirePlain(Plaintext, 'CIPHER_REFUSED');
      } catch (error) {
        if (!FOREIGN.includes(faultName(error))) throw sdkFault(error, 'CIPHER', 'KMS');
        const message =
          'a wrapped data key must be unchanged, with its context, and wrapped by this KMS key: KMS refused it';
        throw new AresError('CIPHER_REFUSED', message, {}, error);
      }
    },
  };
}
