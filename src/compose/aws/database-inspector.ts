import type { DatabaseInspection } from '../../adapters/local/inspect-database.ts';
import { oneMachineOnly } from '../one-machine-only.ts';

/** There is no database file to look at; the deployment made the tables, and every request says whether they are there. */
export const databaseInspector = {
  exists: (_dataDir: string): boolean => true,
  inspect: (_dataDir: string): DatabaseInspection => {
    throw oneMachineOnly(
      'the state of a database file',
      'leave --stage out, or verify with "ares --stage NAME audit verify"',
    );
  },
};
