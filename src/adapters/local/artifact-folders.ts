import type { Stats } from 'node:fs';
import { lstat, mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MlflowError } from '../../core/tracking/mlflow-error.ts';
import { databaseError } from './database-error.ts';
import { hasCode } from './has-code.ts';

function refuse(path: string, what: string): never {
  throw new MlflowError('INVALID_PARAMETER_VALUE', `Invalid path: '${path}' must be a folder, is ${what}`, { path });
}

const foldersOf = (path: string): string[] =>
  path === '.' || path === '' ? [] : path.split('/').map((_, at, parts) => parts.slice(0, at + 1).join('/'));

/**
 * Looks at each folder on the way and at the end itself.
 *
 * Who can plant a link between this look and the use of the path can write to the data directory anyway.
 *
 * @param path from `root`, of plain parts
 * @returns what is there; `undefined` when nothing is
 * @throws MlflowError INVALID_PARAMETER_VALUE when one of them is a symbolic link
 */
export async function withoutLinks(root: string, path: string): Promise<Stats | undefined> {
  let found: Stats | undefined;
  for (const step of foldersOf(path)) {
    try {
      found = await lstat(join(root, step));
    } catch (error) {
      if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
      throw error;
    }
    if (found.isSymbolicLink()) refuse(step, 'a symbolic link');
  }
  return found;
}

/**
 * Makes a folder and those above it, following no link.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE when one of them is a file or a symbolic link
 */
export async function createFolder(root: string, folder: string): Promise<void> {
  try {
    await mkdir(root, { recursive: true });
    for (const step of foldersOf(folder)) {
      const path = join(root, step);
      await mkdir(path).catch((error: unknown) => hasCode(error, 'EEXIST') || Promise.reject(error));
      const found = await lstat(path);
      if (found.isSymbolicLink()) refuse(step, 'a symbolic link');
      if (!found.isDirectory()) refuse(step, 'a file');
    }
  } catch (error) {
    throw databaseError(error, root);
  }
}

/** Removes a folder that became empty and those above it, so that here as in S3 there are no folders without files. */
export async function removeEmptyFolders(root: string, folder: string): Promise<void> {
  for (const step of foldersOf(folder).reverse()) {
    try {
      await rmdir(join(root, step));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) continue;
      if (hasCode(error, 'ENOTEMPTY') || hasCode(error, 'EEXIST')) return;
      throw error;
    }
  }
}
