/**
 * Writes docs/cli.md from the help of the command line; with --check it only says whether that file is current.
 *
 * node --conditions=local scripts/generate-cli-docs.ts [--check]
 */
import type { Command } from 'commander';
import { createProgram } from '../apps/cli/create-program.ts';
import { EXIT_HELP } from '../apps/cli/exit-codes.ts';
import { writeGenerated } from './write-generated.ts';

const WIDTH = 100;

/** What `--help` prints, without the exit codes, which stand once at the top. */
function helpOf(command: Command): string {
  let text = '';
  const writeOut = (part: string) => {
    text += part;
  };
  command.configureOutput({ writeOut, getOutHelpWidth: () => WIDTH });
  command.configureHelp({ showGlobalOptions: false });
  command.outputHelp();
  return text.replace(`\n${EXIT_HELP}`, '').trim();
}

function sections(command: Command, path: string): readonly string[] {
  const level = '#'.repeat(Math.min(3, path.split(' ').length));
  const own = `${level} ${path === 'ares' ? 'The command line' : `\`${path}\``}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``;
  return [own, ...command.commands.flatMap((inner) => sections(inner, `${path} ${inner.name()}`))];
}

const program = await createProgram([], () => undefined);
const [head = '', ...commands] = sections(program, 'ares');
const preface = `Written by \`scripts/generate-cli-docs.ts\` from the commands' own help; \`./ares help COMMAND\` prints the same.

Every command takes the options below, before or after its name. Results go to standard output, as text or, with \`--json\`, as one JSON value;
errors go to standard error as one line, \`ares: CODE: message\`, or with \`--json\` as \`{"error":{"code","message","data"}}\`.

Commands that change something carry the market's time as the trader last told it, so that they stand in order with what the trader and the functions do; when no
trader has reported lately they carry wall time.

\`\`\`text
${EXIT_HELP}
\`\`\``;
const [title = '', ...rest] = head.split('\n\n');
writeGenerated('docs/cli.md', `${[title, preface, rest.join('\n\n'), ...commands].join('\n\n')}\n`);
