/**
 * Writes apps/local/handlers.generated.ts from the wiring table; with --check it only says whether that file is current.
 *
 * node scripts/generate-handlers.ts [--check]
 */
import { hostedFunctions } from '../src/compose/wiring.ts';
import { writeGenerated } from './write-generated.ts';

const lines = hostedFunctions.map(({ name }) => `  '${name}': () => import('../../functions/${name}/handler.ts'),`);

writeGenerated(
  'apps/local/handlers.generated.ts',
  `// Written by scripts/generate-handlers.ts from src/compose/wiring.ts.
import type { FunctionHandler } from '../../src/compose/event-handler.ts';
import type { HostedFunctionName } from '../../src/compose/wiring.ts';

/** Every function that events or schedules start, imported when it is first needed. */
export const handlers = {
${lines.join('\n')}
} as const satisfies Record<HostedFunctionName, () => Promise<{ readonly handler: FunctionHandler }>>;
`,
);
