import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AresError, messageOf } from '../../src/core/ares-error.ts';

/** How often the kernel refills a share: its own default, and that of container runtimes. */
const PERIOD_US = 100_000;

/** What became of a share of a core. */
export interface CpuShare {
  /** Cores: 0.25 is a quarter of one. */
  readonly share: number;
  readonly how: string;
  /** Refills while somebody was inside, and those before which the share was used up. */
  readonly periods: number;
  readonly throttled: number;
}

/** A share of a core that this process, all its threads, may be put under. */
export interface CpuQuota {
  /** Does the work under the quota. Processes that it starts are under it too; those started before are not. */
  within<T>(work: () => Promise<T>): Promise<T>;
  result(): CpuShare;
  close(): void;
}

interface Hierarchy {
  readonly name: string;
  readonly folder: string;
  write(group: string, share: number): void;
}

const quotaUs = (share: number): number => Math.round(share * PERIOD_US);

/** Both versions of control groups, where a group may be made. */
function hierarchies(): readonly Hierarchy[] {
  const all: readonly Hierarchy[] = [
    {
      name: 'cgroup v2 cpu.max',
      folder: '/sys/fs/cgroup',
      write: (group, share) => writeFileSync(join(group, 'cpu.max'), `${quotaUs(share)} ${PERIOD_US}`),
    },
    {
      name: 'cgroup v1 cpu.cfs_quota_us',
      folder: '/sys/fs/cgroup/cpu',
      write: (group, share) => {
        writeFileSync(join(group, 'cpu.cfs_period_us'), String(PERIOD_US));
        writeFileSync(join(group, 'cpu.cfs_quota_us'), String(quotaUs(share)));
      },
    },
  ];
  return all.filter(({ folder, name }) =>
    name.startsWith('cgroup v2')
      ? existsSync(join(folder, 'cgroup.controllers')) &&
        readFileSync(join(folder, 'cgroup.subtree_control'), 'utf8').split(/\s/).includes('cpu')
      : existsSync(join(folder, 'cpu.cfs_quota_us')),
  );
}

/** The group this process is in now, as a folder of the hierarchy. */
function ownGroup({ folder, name }: Hierarchy): string {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n');
  const own = lines.find((line) => (name.startsWith('cgroup v2') ? line.startsWith('0::') : /:cpu(,|:)/.test(line)));
  return join(folder, own?.split(':').slice(2).join(':') ?? '/');
}

const statOf = (group: string): ReadonlyMap<string, number> =>
  new Map(
    readFileSync(join(group, 'cpu.stat'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([key = '', value]) => [key, Number(value)]),
  );

/**
 * Opens a quota of the kernel's scheduler, the same that holds a container to its share.
 *
 * @throws AresError `BENCH_INVALID` where this machine lets nobody set one: nothing else is comparable
 */
export function openCpuQuota(share: number): CpuQuota {
  const [hierarchy] = hierarchies();
  const refuse = (why: string, cause?: unknown): never => {
    throw new AresError(
      'BENCH_INVALID',
      `--cpu needs control groups that this process may make (root, on Linux): ${why}`,
      { share },
      cause,
    );
  };
  if (!hierarchy) return refuse('neither version 1 nor 2 offers a quota of processor time here');
  const group = join(hierarchy.folder, `ares-bench-${process.pid}`);
  const home = ownGroup(hierarchy);
  try {
    mkdirSync(group);
    hierarchy.write(group, share);
  } catch (error) {
    return refuse(messageOf(error), error);
  }
  const move = (to: string): void => writeFileSync(join(to, 'cgroup.procs'), String(process.pid));
  return {
    async within(work) {
      move(group);
      try {
        return await work();
      } finally {
        move(home);
      }
    },
    result() {
      const stat = statOf(group);
      return {
        share,
        how: `${hierarchy.name}: ${quotaUs(share)} of every ${PERIOD_US} µs, for all threads of the trader's process`,
        periods: stat.get('nr_periods') ?? 0,
        throttled: stat.get('nr_throttled') ?? 0,
      };
    },
    close: () => rmdirSync(group),
  };
}
