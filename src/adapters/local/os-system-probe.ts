import { statfs } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { SystemProbe } from '../../core/ports/system-probe.ts';

const SHORTEST_INTERVAL_MS = 100;
const RESOLUTION_MS = 10;

interface Reading {
  readonly at: number;
  readonly busy: number;
  readonly total: number;
  readonly processMs: number;
}

function read(): Reading {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq;
    busy += all - times.idle;
    total += all;
  }
  const used = process.cpuUsage();
  return { at: performance.now(), busy, total, processMs: (used.user + used.system) / 1_000 };
}

/** A control group without a limit reports one beyond the machine's memory. */
function memoryLimit(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

const percent = (part: number, whole: number): number =>
  whole > 0 ? Math.min(100, Math.max(0, (100 * part) / whole)) : 0;

interface OsSystemProbeOptions {
  /** What this process may use, where no control group says it; all of it counts as used by this process. */
  readonly memoryLimitBytes?: number;
  /** Whether the process stands still between two samples, as a function does between invocations: then each sample looks at 100 ms of its own. */
  readonly frozenBetweenSamples?: boolean;
}

/**
 * Measures with what the operating system tells this process.
 *
 * @param dataDir lies on the disk that is measured
 */
export function osSystemProbe(
  dataDir: string,
  { memoryLimitBytes, frozenBetweenSamples = false }: OsSystemProbeOptions = {},
): SystemProbe {
  const loopDelay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  loopDelay.enable();
  let before = read();

  // The histogram holds the time between two timer ticks, so the tick's own length is taken off.
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);

  return {
    async sample() {
      if (frozenBetweenSamples) {
        before = read();
        loopDelay.reset();
      }
      const elapsed = performance.now() - before.at;
      if (elapsed < SHORTEST_INTERVAL_MS) await delay(SHORTEST_INTERVAL_MS - elapsed);
      const now = read();
      const last = before;
      before = now;
      const eventLoopDelay =
        loopDelay.count > 0 ? { p99: late(loopDelay.percentile(99)), max: late(loopDelay.max) } : { p99: 0, max: 0 };
      loopDelay.reset();
      const { rss, heapUsed } = process.memoryUsage();
      const limitBytes = memoryLimitBytes ?? memoryLimit();
      const availableBytes =
        memoryLimitBytes === undefined
          ? Math.min(process.availableMemory(), limitBytes)
          : Math.max(0, memoryLimitBytes - rss);
      const disk = await statfs(dataDir);
      const totalBytes = disk.blocks * disk.bsize;
      const freeBytes = disk.bavail * disk.bsize;
      return {
        cpuPercent: percent(now.busy - last.busy, now.total - last.total),
        processCpuPercent: percent(now.processMs - last.processMs, (now.at - last.at) * availableParallelism()),
        memory: {
          rssBytes: rss,
          heapUsedBytes: heapUsed,
          limitBytes,
          availableBytes,
          usedPercent: percent(limitBytes - availableBytes, limitBytes),
        },
        disk: { freeBytes, totalBytes, usedPercent: percent(totalBytes - freeBytes, totalBytes) },
        eventLoopDelay,
      };
    },
  };
}
