import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { AresError, messageOf } from '../../../src/core/ares-error.ts';

/** @throws AresError `FILE_EXISTS`; for asking before long work, `writeNewFile` asks again */
export function refuseExisting(path: string): void {
  if (existsSync(path))
    throw new AresError(
      'FILE_EXISTS',
      `${path} must not exist yet, nothing is overwritten: choose another name, or move it away`,
      { path },
    );
}

/**
 * Writes a file that has its name only once it is whole and on disk.
 *
 * @throws AresError `FILE_EXISTS`, `FILE_UNWRITABLE`
 */
export async function writeNewFile(path: string, content: string | Uint8Array): Promise<void> {
  refuseExisting(path);
  const part = `${path}.${randomUUID()}.part`;
  try {
    const file = await open(part, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(part, path);
  } catch (error) {
    refuseExisting(path);
    throw new AresError(
      'FILE_UNWRITABLE',
      `${path} must be writable, with space left on its disk (${messageOf(error)})`,
      { path },
      error,
    );
  } finally {
    await rm(part, { force: true });
  }
}
