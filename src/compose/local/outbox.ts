import { openDatabase } from '../../adapters/local/database.ts';
import { createSqliteOutbox } from '../../adapters/local/sqlite-outbox.ts';
import type { Outbox } from '../../core/ports/ledger.ts';
import { readEnv } from '../env.ts';

let built: Outbox | undefined;

export const outbox = (): Outbox => {
  built ??= createSqliteOutbox(openDatabase(readEnv().ARES_DATA_DIR));
  return built;
};
