import { databaseInspector } from '#port/database-inspector';
import { checkLedger } from './check-ledger.ts';
import { broken, examine, type Finding, ok, warning } from './finding.ts';

const RESTORE =
  'Stop Ares, copy the data directory somewhere safe, then move ares.db with its -wal and -shm away and put the newest ares.db.backup-* or your own backup in its place.';
const TAMPERED =
  'Keep a copy of the data directory as evidence, find out who wrote to ares.db beside Ares, and restore a backup that verifies.';
const BYTES = 'Put the file back into the models directory from a backup';

/** Looks at the database without changing it, and only at a sound one of this program's version from the inside. */
export async function checkDatabase(dataDir: string): Promise<readonly Finding[]> {
  if (!databaseInspector.exists(dataDir)) return [ok('database', 'there is none yet; the first start makes it')];
  let usable = false;
  const database = await examine('database', RESTORE, () => {
    const { integrity, schemaVersion, newestVersion } = databaseInspector.inspect(dataDir);
    if (integrity !== 'ok') return broken('database', `SQLite's check must say ok, said: ${integrity}`, RESTORE);
    const message = `sound, schema version ${schemaVersion}`;
    if (schemaVersion > newestVersion) {
      return broken(
        'database',
        `schema version must be ${newestVersion} or older, was ${schemaVersion}: a newer Ares wrote it`,
        'Use that version of Ares, or another data directory.',
      );
    }
    if (schemaVersion < newestVersion) {
      return warning(
        'database',
        `${message}, older than ${newestVersion}`,
        'Nothing to mend: the next start migrates it, and keeps a copy beside it.',
      );
    }
    usable = true;
    return ok('database', message);
  });
  return usable
    ? [database, ...(await checkLedger({ restore: RESTORE, tampered: TAMPERED, bytes: BYTES }))]
    : [database];
}
