import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { ArtifactInfo, ArtifactStore } from '../../core/ports/artifact-store.ts';
import { UNFINISHED } from '../../core/tracking/artifact-path.ts';
import { MlflowError } from '../../core/tracking/mlflow-error.ts';
import { createFolder, removeEmptyFolders, withoutLinks } from './artifact-folders.ts';
import { databaseError } from './database-error.ts';
import { hasCode } from './has-code.ts';
import { syncDirectory } from './sync-directory.ts';

/** Read at a time from a file that is given. */
const READ_BYTES = 256 * 1024;
/** A folder may be removed, because it became empty, between being made and being used. */
const MAX_ROUNDS = 5;

function nothingAtLinks(error: unknown): undefined {
  if (!(error instanceof MlflowError)) throw error;
}

const byPath = (a: ArtifactInfo, b: ArtifactInfo) => (a.path < b.path ? -1 : 1);

async function writeDurably(file: FileHandle, content: ReadableStream<Uint8Array>): Promise<void> {
  try {
    for await (const chunk of content) await file.writeFile(chunk);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** @returns `undefined` when there is no such file */
async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    // Neither follows a link that came since the path was looked at, nor waits for the other end of a pipe.
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

function putFault(error: unknown, path: string, target: string): unknown {
  if (hasCode(error, 'EISDIR')) {
    const message = `an artifact must not take the place of a folder: '${path}' is one`;
    return new MlflowError('INVALID_PARAMETER_VALUE', message, { path }, error);
  }
  if (hasCode(error, 'ENOENT')) {
    const message = `the folder of '${path}' must stay while it is uploaded, was deleted: upload it again`;
    return new MlflowError('RESOURCE_CONFLICT', message, { path }, error);
  }
  return databaseError(error, target);
}

/** Artifacts as files of a directory: a file has its name once it is whole and on disk, and a symbolic link is never followed. */
export function createFileArtifactStore(directory: string): ArtifactStore {
  async function openUnfinished(folder: string): Promise<{ readonly path: string; readonly file: FileHandle }> {
    const path = join(directory, folder, `${UNFINISHED}${randomUUID()}`);
    for (let round = 1; ; round++) {
      try {
        await createFolder(directory, folder);
        return { path, file: await open(path, 'wx', 0o644) };
      } catch (error) {
        if (!hasCode(error, 'ENOENT') || round === MAX_ROUNDS) throw error;
      }
    }
  }

  async function put(path: string, content: ReadableStream<Uint8Array>): Promise<void> {
    const target = join(directory, path);
    let unfinished = '';
    try {
      await withoutLinks(directory, path);
      const opened = await openUnfinished(dirname(path));
      unfinished = opened.path;
      await writeDurably(opened.file, content);
      await rename(unfinished, target);
      await syncDirectory(dirname(target));
    } catch (error) {
      if (unfinished !== '') await rm(unfinished, { force: true });
      throw putFault(error, path, target);
    }
  }

  async function describe(folder: string, name: string): Promise<ArtifactInfo[]> {
    const path = folder === '' ? name : `${folder}/${name}`;
    // Where a link is, nothing is: what cannot be read is another matter, and is said.
    const found = await withoutLinks(directory, path).catch(nothingAtLinks);
    if (found?.isDirectory()) return [{ path, isDirectory: true }];
    return found?.isFile() ? [{ path, isDirectory: false, size: found.size }] : [];
  }

  return {
    put,

    async get(path) {
      if (!(await withoutLinks(directory, path))?.isFile()) return undefined;
      const file = await openFile(join(directory, path));
      if (!file) return undefined;
      const { size } = await file.stat();
      const content = Readable.toWeb(file.createReadStream({ highWaterMark: READ_BYTES }));
      return { size, content: content as ReadableStream<Uint8Array> };
    },

    async list(folder) {
      const found =
        folder === '' ? await stat(directory).catch(() => undefined) : await withoutLinks(directory, folder);
      if (!found?.isDirectory()) return [];
      const names = await readdir(join(directory, folder));
      const shown = names.filter((name) => !name.startsWith(UNFINISHED));
      const infos = await Promise.all(shown.map((name) => describe(folder, name)));
      return infos.flat().toSorted(byPath);
    },

    async delete(path) {
      if (!(await withoutLinks(directory, path))) return;
      // `rm` removes a link, not what it leads to.
      await rm(join(directory, path), { recursive: true, force: true });
      await removeEmptyFolders(directory, dirname(path));
    },
  };
}
