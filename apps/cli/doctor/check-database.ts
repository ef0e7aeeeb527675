import { databaseInspector } from '#port/database-inspector';
import { ledger } from '#port/ledger';
import { modelStore } from '#port/model-store';
import { verifyAudit } from '../../../src/core/audit/verify-audit.ts';
import { checkModelBytes } from '../../../src/core/models/check-model-bytes.ts';
import { listSlots } from '../../../src/core/models/slot-registry.ts';
import { readDeployment } from '../../../src/core/promotion/deployment.ts';
import { broken, examine, type Finding, ok, warning } from './finding.ts';

const RESTORE =
  'Stop Ares, copy the data directory somewhere safe, then move ares.db with its -wal and -shm away and put the newest ares.db.backup-* or your own backup in its place.';
const TAMPERED =
  'Keep a copy of the data directory as evidence, find out who wrote to ares.db beside Ares, and restore a backup that verifies.';

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
  return usable ? [database, await checkAudit(), await checkChampions()] : [database];
}

const checkAudit = (): Promise<Finding> =>
  examine('audit trail', TAMPERED, async () => {
    const result = await verifyAudit(ledger());
    if (result.valid) return ok('audit trail', `valid, ${result.entries} entries`);
    return broken(
      'audit trail',
      `must be valid, entry ${result.sequence} of "${result.stream}" is ${result.problem}`,
      TAMPERED,
    );
  });

/** Whether the bytes of every production model are there and are what they were. */
const checkChampions = (): Promise<Finding> =>
  examine('models', RESTORE, async () => {
    const slots = await listSlots(ledger());
    let found = 0;
    for (const slot of slots) {
      const { championRunId, championHash } = await readDeployment(ledger(), slot);
      if (championHash === null) continue;
      const bytes = await checkModelBytes(modelStore(), championHash);
      if (!bytes.ok) {
        const remedy = `Put the file back into the models directory from a backup, or go back to another model: ./ares rollback --yes --slot ${slot}`;
        return broken('models', `${championRunId}, in production in ${slot}: ${bytes.reason}`, remedy);
      }
      found += 1;
    }
    return ok('models', found === 0 ? 'none in production' : `the bytes of all ${found} in production are sound`);
  });
