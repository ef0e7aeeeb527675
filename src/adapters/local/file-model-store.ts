import { createHash, randomUUID } from 'node:crypto';
import { access, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AresError } from '../../core/ares-error.ts';
import { requireModelHash } from '../../core/models/model-hash.ts';
import type { ModelHash, ModelStore } from '../../core/ports/model-store.ts';
import { databaseError } from './database-error.ts';
import { hasCode } from './has-code.ts';
import { syncDirectory } from './sync-directory.ts';

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex') as ModelHash;

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Models as files `<hash>.onnx` in a directory: a file has its name only once it is whole and on disk. */
export function createFileModelStore(directory: string): ModelStore {
  const pathOf = (hash: ModelHash) => join(directory, `${requireModelHash(hash)}.onnx`);

  const read = async (hash: ModelHash): Promise<Uint8Array> => {
    const path = pathOf(hash);
    let bytes: Uint8Array;
    try {
      bytes = await readFile(path);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      throw new AresError(
        'MODEL_MISSING',
        `the model's bytes must be in ${path}, there is no such file`,
        { hash, path },
        error,
      );
    }
    const was = hashOf(bytes);
    if (was !== hash) {
      throw new AresError(
        'MODEL_CORRUPT',
        `${path} must have the SHA-256 it is named after, had ${was} (${bytes.length} bytes): it was truncated or changed. Remove it and store the model again.`,
        { hash, was, path, bytes: bytes.length },
      );
    }
    return bytes;
  };

  return {
    async put(bytes) {
      const hash = hashOf(bytes);
      const path = pathOf(hash);
      const temporary = join(directory, `.${hash}.${randomUUID()}.part`);
      try {
        await mkdir(directory, { recursive: true });
        try {
          await writeDurably(temporary, bytes);
          // A link, unlike a rename, fails when the name is taken: nothing is ever overwritten.
          const taken = await link(temporary, path).then(
            () => false,
            (error: unknown) => hasCode(error, 'EEXIST') || Promise.reject(error),
          );
          if (taken) await read(hash);
          await syncDirectory(directory);
        } finally {
          await rm(temporary, { force: true });
        }
      } catch (error) {
        throw databaseError(error, directory);
      }
      return hash;
    },

    get: read,

    async has(hash) {
      try {
        await access(pathOf(hash));
        return true;
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return false;
        throw error;
      }
    },
  };
}
