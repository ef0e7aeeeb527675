import { execFileSync } from 'node:child_process';

export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Every process of this machine that still runs; zombies have ended. */
export function runningProcesses(): RunningProcess[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' });
  return table.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (!match || match[3]?.startsWith('Z')) return [];
    return [{ pid: Number(match[1]), parent: Number(match[2]), command: match[4] as string }];
  });
}

/** The processes a process has started and that run one of our files. */
export const childrenOf = (parent: number, file: string): number[] =>
  runningProcesses()
    .filter((each) => each.parent === parent && each.command.includes(file))
    .map(({ pid }) => pid);

export function isRunning(pid: number): boolean {
  return runningProcesses().some((each) => each.pid === pid);
}
