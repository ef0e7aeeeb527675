// Written by scripts/generate-handlers.ts from src/compose/wiring.ts.
import type { FunctionHandler } from '../../src/compose/event-handler.ts';
import type { FunctionName } from '../../src/compose/wiring.ts';

/** Every function of the wiring table, imported when it is first needed. */
export const handlers = {
  'analyze-market': () => import('../../functions/analyze-market/handler.ts'),
  'check-promotion': () => import('../../functions/check-promotion/handler.ts'),
  'track-performance': () => import('../../functions/track-performance/handler.ts'),
  'monitor-system': () => import('../../functions/monitor-system/handler.ts'),
} as const satisfies Record<FunctionName, () => Promise<{ readonly handler: FunctionHandler }>>;
