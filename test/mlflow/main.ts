/**
 * npm run test:mlflow [-- …]: finds a Python and hands over to `run.py`, which says what its arguments are.
 *
 * Where there is none it says so in one line and fails.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const CANDIDATES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python'];
const FIT = 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))';

const python = CANDIDATES.find((name) => spawnSync(name, ['-c', FIT], { stdio: 'ignore' }).status === 0);
if (python === undefined) {
  console.error('Python 3.11 to 3.13 with venv is needed for the MLflow clients: there is none in PATH.');
  process.exitCode = 1;
} else {
  const run = [join(import.meta.dirname, 'run.py'), ...process.argv.slice(2)];
  const { status } = spawnSync(python, run, { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
