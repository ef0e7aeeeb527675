import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** What a figure cannot be read without. */
export interface MachineFacts {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly node: string;
  readonly platform: string;
}

export const machineFacts = (): MachineFacts => ({
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
});

/** Processes that wanted a core, averaged over the last minute; the bench's own are among them. */
export const loadNow = (): number => Math.round((loadavg()[0] ?? Number.NaN) * 100) / 100;
