import type { FileHandle } from 'node:fs/promises';
import { AresError } from '../../core/ares-error.ts';

const OTHERS = 0o077;

/** @throws AresError with `code` when others than its owner may use an open file, with the command that mends it */
export async function requireOwnerOnly(file: FileHandle, path: string, code: string): Promise<void> {
  const { mode } = await file.stat();
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return;
  const was = (mode & 0o777).toString(8).padStart(4, '0');
  throw new AresError(code, `${path} must be 0600, was ${was}: others can read or change it. Run: chmod 600 ${path}`, {
    path,
    was,
  });
}
