import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Whether two processes can be kept on different cores here: Linux, `taskset` of util-linux, and two cores at least. */
export const canKeepApart: boolean = process.platform === 'linux' && availableParallelism() > 1 && hasTaskset();

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Cores as `taskset -p` lists them, such as `0-3,6`. */
const coresOf = (pid: number): string =>
  execFileSync('taskset', ['-cp', String(pid)], { encoding: 'utf8' })
    .trim()
    .replace(/^.*: /s, '');

const put = (pid: number, cores: string, ...which: string[]): void =>
  void execFileSync('taskset', [...which, '-cp', cores, String(pid)], { stdio: 'ignore' });

/** The single cores that a list of them names. */
function eachOf(cores: string): number[] {
  return cores.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, n) => first + n);
  });
}

/**
 * Keeps the event loop of this process on one core and the whole of another process off it: an exchange is another machine, and takes nothing from the trader.
 * Other threads of this process stay where the system puts them. Does nothing where it cannot.
 *
 * @returns undoes it for this process
 */
export function keepApart(otherPid: number): () => void {
  if (!canKeepApart) return () => undefined;
  const before = coresOf(process.pid);
  const [own, ...others] = eachOf(before);
  if (own === undefined || others.length === 0) return () => undefined;
  put(otherPid, others.join(','), '-a');
  // The thread of the event loop has the number of the process.
  put(process.pid, String(own));
  return () => put(process.pid, before);
}
