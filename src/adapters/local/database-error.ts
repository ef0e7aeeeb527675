import { AresError, messageOf } from '../../core/ares-error.ts';

const sqlite = { busy: 5, readOnly: 8, io: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const;
const unwritable: readonly number[] = [sqlite.readOnly, sqlite.io, sqlite.full, sqlite.cannotOpen];
const unwritableFiles: readonly string[] = [
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
  'ENOTDIR',
  'EEXIST',
];

/** SQLite's primary result code, `undefined` when SQLite did not throw it. */
function resultCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown) || typeof thrown.errcode !== 'number') return undefined;
  return thrown.errcode & 0xff;
}

/**
 * Names what is wrong with the data directory and what to do about it; anything else comes back as it was.
 *
 * @returns AresError `DATABASE_CORRUPT`, `DATA_DIR_UNWRITABLE` or `DATABASE_BUSY`, or what was thrown
 */
export function databaseError(thrown: unknown, path: string): unknown {
  const code = resultCode(thrown);
  const reason = messageOf(thrown);
  if (code === sqlite.corrupt || code === sqlite.notADatabase) {
    return new AresError(
      'DATABASE_CORRUPT',
      `${path} must be a healthy SQLite database, was not: ${reason}. Stop Ares, move the file and its -wal and -shm away, ` +
        `and put the newest ${path}.backup-* or your own backup in its place; without one start with another data directory: what was traded so far is then not in the books.`,
      { path },
      thrown,
    );
  }
  if (code === sqlite.busy) {
    return new AresError(
      'DATABASE_BUSY',
      `${path} must be free within 5 seconds, another process kept it locked (${reason}). Try again; if it stays, look for a program that has the file open.`,
      { path },
      thrown,
    );
  }
  const fileCode = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if ((code !== undefined && unwritable.includes(code)) || unwritableFiles.includes(fileCode)) {
    return new AresError(
      'DATA_DIR_UNWRITABLE',
      `${path} must be writable, with space left on its disk, was not: ${reason}. Free space, correct the owner, or choose another directory with --data-dir or ARES_DATA_DIR.`,
      { path },
      thrown,
    );
  }
  return thrown;
}
