import { databaseInspector } from '#port/database-inspector';
import { ledger } from '#port/ledger';
import { AresError } from '../../src/core/ares-error.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import type { Session } from './session.ts';

/**
 * The ledger of the stage, or of the data directory, which must be there: a mistyped directory must not become a new, empty system.
 *
 * @throws AresError `DATA_DIR_EMPTY`, and what opening a database throws
 */
export function openLedger({ dataDir, stage }: Session): Ledger {
  // The tables of a stage are there because it was deployed.
  if (stage !== undefined || databaseInspector.exists(dataDir)) return ledger();
  throw new AresError(
    'DATA_DIR_EMPTY',
    `${dataDir} must be a data directory of Ares, has no database. Name the right one with --data-dir, or start Ares there first: npm start -- --data-dir ${dataDir}`,
    { dataDir },
  );
}
