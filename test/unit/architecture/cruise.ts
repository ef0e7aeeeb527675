import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const REPOSITORY = join(import.meta.dirname, '../../..');
const CRUISER = join(REPOSITORY, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');

export interface Cruise {
  readonly modules: readonly string[];
  /** `from -> to: rule`, or `from: rule` of a rule about one module; sorted. */
  readonly violations: readonly string[];
}

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string; readonly severity: string };
}

interface CruiserOutput {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: { readonly violations: readonly Violation[] };
}

/** Runs dependency-cruiser with the project's rules in a directory laid out like the project. */
export function cruise(directory: string, folders: readonly string[]): Cruise {
  const rules = join(REPOSITORY, '.dependency-cruiser.cjs');
  const run = spawnSync(process.execPath, [CRUISER, ...folders, '--config', rules, '--output-type', 'json'], {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 64_000_000,
  });
  if (!run.stdout.startsWith('{')) throw new Error(`dependency-cruiser must answer with JSON, said: ${run.stderr}`);
  const { modules, summary } = JSON.parse(run.stdout) as CruiserOutput;
  const violations = summary.violations.map(({ from, to, rule }) => {
    if (rule.severity !== 'error') throw new Error(`${rule.name} must be an error, was of severity ${rule.severity}`);
    return `${from} -> ${to}: ${rule.name}`;
  });
  return { modules: modules.map(({ source }) => source), violations: violations.sort() };
}
