import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AresError } from '../../core/ares-error.ts';
import { canonicalJson } from '../../core/audit/canonical-json.ts';
import type { CipherContext, DataKeys } from '../../core/ports/cipher.ts';
import { databaseError } from './database-error.ts';
import { hasCode } from './has-code.ts';
import { requireOwnerOnly } from './owner-only.ts';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const RESTORE = 'Restore it from a backup: without it, what it encrypted cannot be read.';

/** Writes a new master key, whole or not at all; when somebody else was first, theirs is the one. */
async function createMasterKey(path: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(randomBytes(KEY_BYTES));
      await file.sync();
    } finally {
      await file.close();
    }
    await link(temporary, path).catch((error: unknown) => hasCode(error, 'EEXIST') || Promise.reject(error));
  } catch (error) {
    throw databaseError(error, dirname(path));
  } finally {
    await rm(temporary, { force: true });
  }
}

async function readMasterKey(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    await requireOwnerOnly(file, path, 'MASTER_KEY_EXPOSED');
    const key = await file.readFile();
    if (key.length === KEY_BYTES) return key;
    throw new AresError('MASTER_KEY_INVALID', `${path} must hold ${KEY_BYTES} bytes, held ${key.length}. ${RESTORE}`, {
      path,
      bytes: key.length,
    });
  } finally {
    await file.close();
  }
}

async function openMasterKey(path: string, whenMissing: 'create' | 'refuse'): Promise<Buffer> {
  try {
    return await readMasterKey(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    if (whenMissing === 'create') {
      await createMasterKey(path);
      return readMasterKey(path);
    }
    throw new AresError('MASTER_KEY_MISSING', `${path} must hold the master key, there is no such file. ${RESTORE}`, {
      path,
    });
  }
}

const authenticated = (context: CipherContext) => Buffer.from(canonicalJson(context));

/**
 * Data keys that a master key in a file wraps: 32 random bytes that only their owner can read, made when first needed.
 *
 * @throws (from both) AresError `MASTER_KEY_EXPOSED`, `MASTER_KEY_INVALID`; from `unwrap` also `MASTER_KEY_MISSING`
 */
export function createFileDataKeys(path: string): DataKeys {
  async function withMasterKey<T>(whenMissing: 'create' | 'refuse', use: (master: Buffer) => T): Promise<T> {
    const master = await openMasterKey(path, whenMissing);
    try {
      return use(master);
    } finally {
      master.fill(0);
    }
  }
  return {
    async generate(context) {
      return withMasterKey('create', (master) => {
        const plain = randomBytes(KEY_BYTES);
        const nonce = randomBytes(NONCE_BYTES);
        const cipher = createCipheriv(ALGORITHM, master, nonce, { authTagLength: TAG_BYTES });
        cipher.setAAD(authenticated(context));
        const wrapped = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
        return { plain, wrapped };
      });
    },
    async unwrap(wrapped, context) {
      if (wrapped.length !== NONCE_BYTES + KEY_BYTES + TAG_BYTES)
        throw new AresError('CIPHER_REFUSED', `a wrapped data key must have 60 bytes, had ${wrapped.length}`);
      return withMasterKey('refuse', (master) => {
        try {
          const decipher = createDecipheriv(ALGORITHM, master, wrapped.subarray(0, NONCE_BYTES), {
            authTagLength: TAG_BYTES,
          });
          decipher.setAAD(authenticated(context));
          decipher.setAuthTag(wrapped.subarray(-TAG_BYTES));
          return Buffer.concat([decipher.update(wrapped.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
        } catch (error) {
          const message = `a wrapped data key must be unchanged, with its context, and wrapped by ${path}: it does not authenticate`;
          throw new AresError('CIPHER_REFUSED', message, { path }, error);
        }
      });
    },
  };
}
