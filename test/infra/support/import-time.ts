import { runNode } from './run-node.ts';

const MEASURE = `
const started = performance.now();
const loaded = await import(process.argv[1]);
console.log(JSON.stringify({ milliseconds: performance.now() - started, exports: Object.keys(loaded) }));
`;

export interface Imported {
  /** Median of three processes, without Node's own start. */
  readonly milliseconds: number;
  readonly exports: readonly string[];
}

/**
 * Imports a module in three fresh processes, one after the other.
 *
 * @throws Error with what the process said when the module cannot be loaded
 */
export async function importTime(
  file: string,
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Imported> {
  const runs: Imported[] = [];
  for (let run = 0; run < 3; run += 1) {
    const { code, stdout, stderr } = await runNode(['--input-type=module', '--eval', MEASURE, file], options);
    if (code !== 0) throw new Error(`${file} must load, ended with ${code}: ${stderr}`);
    runs.push(JSON.parse(stdout) as Imported);
  }
  return runs.sort((a, b) => a.milliseconds - b.milliseconds)[1] as Imported;
}
