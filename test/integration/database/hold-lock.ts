import { lockDataDirectory } from '../../../src/adapters/local/data-directory-lock.ts';

/** Holds the lock of a data directory until it is killed. */
const lock = lockDataDirectory(process.argv[2] ?? '');
process.stdout.write('locked\n');
process.once('SIGTERM', () => {
  lock.release();
  process.exit(0);
});
setInterval(() => {}, 60_000);
