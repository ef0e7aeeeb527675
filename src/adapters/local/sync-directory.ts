import { open } from 'node:fs/promises';

/** Puts a directory's names on disk: a new file is there for good only then. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
