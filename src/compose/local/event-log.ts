import { openDatabase } from '../../adapters/local/database.ts';
import { createSqliteEventLog } from '../../adapters/local/sqlite-event-log.ts';
import type { EventLog } from '../../core/ports/event-log.ts';
import { readEnv } from '../env.ts';

let built: EventLog | undefined;

export const eventLog = (): EventLog => {
  built ??= createSqliteEventLog(openDatabase(readEnv().ARES_DATA_DIR));
  return built;
};
