import { openDatabase } from '../../../src/adapters/local/database.ts';
import { AresError } from '../../../src/core/ares-error.ts';

/** Opens the database of a data directory and says how it went. */
try {
  openDatabase(process.argv[2] ?? '');
  process.stdout.write('opened');
} catch (error) {
  if (!(error instanceof AresError)) throw error;
  process.stdout.write(`${error.code}: ${error.message}`);
}
