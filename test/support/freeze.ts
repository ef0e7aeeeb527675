import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { eventually } from './eventually.ts';
import type { SpawnedProcess } from './spawned-process.ts';

/** Stops a process where it stands, but not while it writes: SQLite lets nobody write beside a frozen writer, so nobody could take over, and nobody trade. */
export async function freeze(trader: SpawnedProcess, dataDir: string): Promise<void> {
  const probe = new DatabaseSync(join(dataDir, 'ares.db'), { timeout: 0 });
  try {
    await eventually('a moment at which it does not write', () => {
      trader.kill('SIGSTOP');
      try {
        probe.exec('BEGIN IMMEDIATE; ROLLBACK');
        return true;
      } catch {
        trader.kill('SIGCONT');
        return false;
      }
    });
  } finally {
    probe.close();
  }
}
