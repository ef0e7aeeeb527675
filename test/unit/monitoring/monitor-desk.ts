import { auditEntryKey, auditEntrySchema } from '../../../src/core/audit/audit-entry.ts';
import { parseEvent } from '../../../src/core/events/catalogue.ts';
import type { Invocation } from '../../../src/core/events/invocation.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { ensureSlot } from '../../../src/core/models/slot-registry.ts';
import type { AlertHandler } from '../../../src/core/monitoring/alert-handler.ts';
import { monitorSystem } from '../../../src/core/monitoring/monitor-system.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { MarketData } from '../../../src/core/ports/exchange.ts';
import type { JsonObject } from '../../../src/core/ports/ledger.ts';
import type { Metric } from '../../../src/core/ports/metrics.ts';
import type { SystemSample } from '../../../src/core/ports/system-probe.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { SLOT } from '../../support/model-desk.ts';

export const OTHER_SLOT = SLOT.replace('BTC', 'ETH') as SlotId;
export const NOW = 1_790_000_000_000;

const healthySample: SystemSample = {
  cpuPercent: 20,
  processCpuPercent: 5,
  memory: { rssBytes: 1e8, heapUsedBytes: 5e7, limitBytes: 1e9, availableBytes: 6e8, usedPercent: 40 },
  disk: { freeBytes: 5e9, totalBytes: 1e10, usedPercent: 50 },
  eventLoopDelay: { p99: 3, max: 10 },
};

/** A system in which everything is well, until a test breaks some of it. */
export async function openMonitorDesk() {
  const ledger = createMemoryLedger();
  await ensureSlot(ledger, SLOT, epochMillis(0));
  const recorded: Metric[] = [];
  const world = {
    sample: async (): Promise<SystemSample> => healthySample,
    latencyMs: 12,
    exchange: async () => epochMillis(NOW),
    record: async (metrics: readonly Metric[]) => {
      recorded.push(...metrics);
    },
    handlers: [] as AlertHandler[],
  };
  let monotonic = 5_000;
  const marketData: MarketData = {
    rules: () => Promise.reject(new Error('not asked for here')),
    candles: () => Promise.reject(new Error('not asked for here')),
    close: async () => undefined,
    serverTime: async () => {
      monotonic += world.latencyMs;
      return world.exchange();
    },
  };
  const at = (second: number): Invocation => ({
    id: `monitor:${second}`,
    now: epochMillis(NOW + 1_000 * second),
    correlationId: `monitor:${second}`,
    sessionId: 'session',
    trigger: { kind: 'schedule' },
  });
  return {
    ledger,
    world,
    recorded,
    at,
    broken: { ...healthySample, cpuPercent: 97 },
    healthySample,
    addSlot: (slot: SlotId) => ensureSlot(ledger, slot, epochMillis(0)),
    beat: (second: number, said: JsonObject = {}, slot = SLOT) =>
      ledger.append([
        {
          key: keys.heartbeat(slot),
          value: {
            at: NOW + 1_000 * second,
            instance: 'a',
            state: 'ACTIVE',
            decisions: 100,
            errors: 0,
            position: '0',
            ...said,
          },
        },
      ]),
    monitor: (second: number) =>
      monitorSystem(at(second), {
        ledger,
        metrics: { record: (metrics) => world.record(metrics) },
        marketData,
        systemProbe: { sample: () => world.sample() },
        monotonic: { now: () => monotonic },
        ...(world.handlers.length > 0 ? { alertHandlers: world.handlers } : {}),
      }),
    events: () =>
      ledger.events.map((event) => {
        const { name, data, metadata } = parseEvent(event.source, event.detailType, event.detail);
        const { component, code } = data as { component: string; code: string };
        return { name, component, code, sequence: metadata.sequence };
      }),
    audit: async () => {
      const { pk } = auditEntryKey('trading', 1);
      return (await ledger.query({ table: 'audit', pk, limit: 100 })).items.map(({ value }) =>
        auditEntrySchema.parse(value),
      );
    },
  };
}

export type MonitorDesk = Awaited<ReturnType<typeof openMonitorDesk>>;
