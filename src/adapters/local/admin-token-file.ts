import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AdminTokenFile } from '../../core/ports/admin-token-file.ts';

/** A file that its owner alone can read and write. */
export function createAdminTokenFile(path: string): AdminTokenFile {
  return {
    path,
    async write(secret) {
      const temporary = `${path}.${randomUUID()}.part`;
      await mkdir(dirname(path), { recursive: true });
      try {
        // Its mode is given as it is made: there is no moment in which others can open it.
        const file = await open(temporary, 'wx', 0o600);
        try {
          await file.writeFile(`${secret}\n`);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, path);
      } finally {
        await rm(temporary, { force: true });
      }
    },
  };
}
