import { openDatabase } from '../../adapters/local/database.ts';
import { createSqliteLedger } from '../../adapters/local/sqlite-ledger.ts';
import type { Ledger } from '../../core/ports/ledger.ts';
import { readEnv } from '../env.ts';

let built: Ledger | undefined;

export const ledger = (): Ledger => {
  built ??= createSqliteLedger(openDatabase(readEnv().ARES_DATA_DIR));
  return built;
};
