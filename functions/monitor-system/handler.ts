import { ledger } from '#port/ledger';
import { marketData } from '#port/market-data';
import { metrics } from '#port/metrics';
import { monotonic } from '#port/monotonic';
import { systemProbe } from '#port/system-probe';
import { eventHandler } from '../../src/compose/event-handler.ts';
import { monitorSystem } from '../../src/core/monitoring/monitor-system.ts';

const ports = { ledger, metrics, marketData, systemProbe, monotonic };

export const handler = eventHandler('monitor-system', monitorSystem, ports);
