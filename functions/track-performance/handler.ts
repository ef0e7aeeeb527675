import { ledger } from '#port/ledger';
import { eventHandler } from '../../src/compose/event-handler.ts';
import { trackPerformance } from '../../src/core/performance/track-performance.ts';

export const handler = eventHandler('track-performance', trackPerformance, { ledger });
