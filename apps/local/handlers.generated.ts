// Written by scripts/generate-handlers.ts from src/compose/wiring.ts.
import type { FunctionHandler } from '../../src/compose/event-handler.ts';
import type { HostedFunctionName } from '../../src/compose/wiring.ts';

/** Every function that events or schedules start, imported when it is first needed. */
export const handlers = {
  'analyze-market': () => import('../../functions/analyze-market/handler.ts'),
  'check-promotion': () => import('../../functions/check-promotion/handler.ts'),
  'track-performance': () => import('../../functions/track-performance/handler.ts'),
  'monitor-system': () => import('../../functions/monitor-system/handler.ts'),
  'sweep-outbox': () => import('../../functions/sweep-outbox/handler.ts'),
  'notify-people': () => import('../../functions/notify-people/handler.ts'),
} as const satisfies Record<HostedFunctionName, () => Promise<{ readonly handler: FunctionHandler }>>;
