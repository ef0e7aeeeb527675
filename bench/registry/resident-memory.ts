import { readdirSync, readFileSync } from 'node:fs';

/** A process and all that it started, in megabytes of resident memory. */
export function residentMb(pid: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const [, parent] = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8')) ?? [];
      parents.set(Number(name), Number(parent));
    } catch {
      // Ended meanwhile.
    }
  }
  const isOf = (each: number | undefined): boolean => each !== undefined && (each === pid || isOf(parents.get(each)));
  let kilobytes = 0;
  for (const each of parents.keys()) {
    if (!isOf(each)) continue;
    const [, resident] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${each}/status`, 'utf8')) ?? [];
    kilobytes += Number(resident ?? 0);
  }
  return Math.round(kilobytes / 1_024);
}
