import { KMSClient } from '@aws-sdk/client-kms';
import { clientOptions } from '../../adapters/aws/client-options.ts';
import { createKmsDataKeys } from '../../adapters/aws/kms-data-keys.ts';
import { createEnvelopeCipher } from '../../adapters/encryption/envelope-cipher.ts';
import type { Cipher } from '../../core/ports/cipher.ts';
import { requireEnv } from '../require-env.ts';

let built: Cipher | undefined;

/** @throws AresError `ENV_INVALID` when no key is named */
export const cipher = (): Cipher => {
  built ??= createEnvelopeCipher(
    createKmsDataKeys(
      new KMSClient(clientOptions()),
      requireEnv('ARES_CIPHER_KEY_ARN', 'the ARN of the KMS key that wraps data keys'),
    ),
  );
  return built;
};
