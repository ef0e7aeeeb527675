import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AresError, messageOf } from '../../../src/core/ares-error.ts';

/** A stage as the text of its file: JSON as the repository's formatter writes it. */
export const stageText = (stage: object): string =>
  `${JSON.stringify(stage, null, 2).replaceAll(/\[\s+("[^[\]{}]*")\s+\]/g, (_, list: string) => `[${list.replaceAll(/\s*\n\s*/g, ' ')}]`)}\n`;

/**
 * Writes a file in the place of another, which stays as it was until the new one is whole and on disk.
 *
 * @throws AresError `FILE_UNWRITABLE`
 */
export async function replaceFile(path: string, content: string): Promise<void> {
  const part = `${path}.${randomUUID()}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(part, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    throw new AresError('FILE_UNWRITABLE', `${path} must be writable (${messageOf(error)})`, { path }, error);
  } finally {
    await rm(part, { force: true });
  }
}
