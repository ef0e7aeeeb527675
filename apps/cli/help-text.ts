import { EXIT_HELP } from './exit-codes.ts';

/** What stands below a command's options: more about it, examples without their `./ares`, exit codes. */
export function helpText(examples: readonly string[], more?: string): string {
  const title = examples.length === 1 ? 'Example' : 'Examples';
  const shown = examples.map((example) => `  $ ./ares ${example}`).join('\n');
  return `${more === undefined ? '' : `\n${more}\n`}\n${title}:\n${shown}\n\n${EXIT_HELP}`;
}
