/**
 * Writes apps/local/handlers.generated.ts from the wiring table; with --check it only says whether that file is current.
 *
 * node scripts/generate-handlers.ts [--check]
 */
import { functions } from '../src/compose/wiring.ts';
import { writeGenerated } from './write-generated.ts';

const lines = functions.map(({ name }) => `  '${name}': () => import('../../functions/${name}/handler.ts'),`);

writeGenerated(
  'apps/local/handlers.generated.ts',
  `// Written by scripts/generate-handlers.ts from src/compose/wiring.ts.
import type { FunctionHandler } from '../../src/compose/event-handler.ts';
import type { FunctionName } from '../../src/compose/wiring.ts';

/** Every function of the wiring table, imported when it is first needed. */
export const handlers = {
${lines.join('\n')}
} as const satisfies Record<FunctionName, () => Promise<{ readonly handler: FunctionHandler }>>;
`,
);
