import { join } from 'node:path';
import { createEnvelopeCipher } from '../../adapters/encryption/envelope-cipher.ts';
import { createFileDataKeys } from '../../adapters/local/file-data-keys.ts';
import type { Cipher } from '../../core/ports/cipher.ts';
import { readEnv } from '../env.ts';

let built: Cipher | undefined;

export const cipher = (): Cipher => {
  built ??= createEnvelopeCipher(createFileDataKeys(join(readEnv().ARES_DATA_DIR, 'master.key')));
  return built;
};
