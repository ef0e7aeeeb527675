import type { LiveConfig } from '../config/live-config.ts';
import type { SystemProbe } from '../ports/system-probe.ts';
import type { Measurement } from './check-result.ts';
import { compare } from './measure.ts';

export const MACHINE_CHECKS = ['cpu', 'memory', 'disk', 'event-loop'] as const;

/** Processors, memory, disk and event loop of the machine and process that run the check. */
export async function checkMachine(
  systemProbe: SystemProbe,
  limits: LiveConfig['monitoring'],
): Promise<readonly Measurement[]> {
  const { cpuPercent, memory, disk, eventLoopDelay } = await systemProbe.sample();
  return [
    compare({ name: 'cpu', unit: 'Percent' }, cpuPercent, { atMost: limits.cpuPercent }),
    compare({ name: 'memory', unit: 'Percent' }, memory.usedPercent, { atMost: limits.memoryPercent }),
    compare({ name: 'disk', unit: 'Bytes' }, disk.freeBytes, { atLeast: limits.diskFreeBytes }),
    compare({ name: 'event-loop', unit: 'Milliseconds' }, eventLoopDelay.p99, { atMost: limits.eventLoopDelayMs }),
  ];
}
