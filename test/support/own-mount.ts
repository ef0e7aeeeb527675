import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { onTestFinished } from 'vitest';

/** Why this machine lets nobody mount, `undefined` when it does: root on Linux may. */
export const noMountReason: string | undefined =
  process.platform === 'linux' && process.getuid?.() === 0 && mounts()
    ? undefined
    : 'a small disk can only be mounted by root on Linux';

function mounts(): boolean {
  const probe = `/tmp/ares-mount-probe-${process.pid}`;
  mkdirSync(probe, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe], { stdio: 'pipe' });
    execFileSync('umount', [probe], { stdio: 'pipe' });
    return true;
  } catch {
    // A container without the right to mount says so here.
    return false;
  }
}

/** A disk of its own at the path, until the running test ends. */
export function mountSmallDisk(path: string, size: string): { remount(options: string): void } {
  mkdirSync(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]);
  // Lazily: the test's own handles may still be open.
  onTestFinished(() => void execFileSync('umount', ['-l', path]));
  return { remount: (options) => void execFileSync('mount', ['-o', `remount,${options}`, path]) };
}
