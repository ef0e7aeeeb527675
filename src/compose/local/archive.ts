import { openDatabase } from '../../adapters/local/database.ts';
import { createSqliteArchive } from '../../adapters/local/sqlite-archive.ts';
import type { LedgerArchive } from '../../core/ports/ledger-archive.ts';
import { readEnv } from '../env.ts';

let built: LedgerArchive | undefined;

export const archive = (): LedgerArchive => {
  built ??= createSqliteArchive(openDatabase(readEnv().ARES_DATA_DIR));
  return built;
};
