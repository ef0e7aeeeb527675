import { constants } from 'node:fs';
import { access, open, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { broken, examine, type Finding, ok, warning } from './finding.ts';

const REMEDY = 'Correct its owner or its rights, or name another directory with --data-dir.';
const GIGABYTE = 1_000_000_000;
/** A day of trading writes a few megabytes: with less there is no room for what comes next. */
const TOO_LITTLE_BYTES = 50_000_000;
const LITTLE_BYTES = 500_000_000;

/** Whether the data directory can be written, by writing to it; one that is not there yet, whether it could be made. */
export function checkDataDirectory(dataDir: string): Promise<Finding> {
  return examine('data directory', REMEDY, async () => {
    const found = await stat(dataDir).catch(missing);
    if (!found) {
      await access(await existingParent(dataDir), constants.W_OK);
      return warning(
        'data directory',
        `${dataDir} does not exist yet`,
        'Nothing to mend before the first start: "npm start" makes it. Was another one meant? Name it with --data-dir.',
      );
    }
    if (!found.isDirectory())
      return broken(
        'data directory',
        `${dataDir} must be a directory, was a file`,
        'Move it away, or name another directory with --data-dir.',
      );
    const probe = join(dataDir, `.doctor-${process.pid}`);
    try {
      const file = await open(probe, 'wx');
      await file.close();
    } finally {
      await rm(probe, { force: true });
    }
    return ok('data directory', `${dataDir} can be written`);
  });
}

export function checkDiskSpace(dataDir: string): Promise<Finding> {
  const remedy = 'Free space on that disk, or move the data directory to another one.';
  return examine('disk space', remedy, async () => {
    const disk = await statfs(await existingParent(dataDir));
    const free = disk.bavail * disk.bsize;
    const message = `${(free / GIGABYTE).toFixed(1)} GB free`;
    if (free < TOO_LITTLE_BYTES)
      return broken('disk space', `at least ${TOO_LITTLE_BYTES} bytes must be free, were ${free}`, remedy);
    return free < LITTLE_BYTES ? warning('disk space', message, remedy) : ok('disk space', message);
  });
}

const missing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error;
};

async function existingParent(path: string): Promise<string> {
  const found = await stat(path).catch(missing);
  return found || dirname(path) === path ? path : existingParent(dirname(path));
}
