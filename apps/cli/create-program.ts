import { Command } from 'commander';
import type { Deliver } from './define-command.ts';
import { helpText } from './help-text.ts';
import { slotText, stageName } from './option-parsers.ts';

type Define = (program: Command, deliver: Deliver) => void;

/** The commands by the file that defines them, in the order of the help. */
const groups: readonly { readonly commands: readonly string[]; readonly load: () => Promise<Define> }[] = [
  { commands: ['status'], load: async () => (await import('./commands/status.ts')).defineStatus },
  { commands: ['models'], load: async () => (await import('./commands/models.ts')).defineModels },
  { commands: ['slots'], load: async () => (await import('./commands/slots.ts')).defineSlots },
  { commands: ['promote'], load: async () => (await import('./commands/promote.ts')).definePromote },
  { commands: ['rollback'], load: async () => (await import('./commands/rollback.ts')).defineRollback },
  {
    commands: ['halt', 'reduce', 'resume'],
    load: async () => (await import('./commands/trading.ts')).defineTrading,
  },
  {
    commands: ['accept-balance'],
    load: async () => (await import('./commands/accept-balance.ts')).defineAcceptBalance,
  },
  { commands: ['kill'], load: async () => (await import('./commands/kill.ts')).defineKill },
  { commands: ['config'], load: async () => (await import('./commands/config.ts')).defineConfig },
  { commands: ['events'], load: async () => (await import('./commands/events.ts')).defineEvents },
  { commands: ['audit'], load: async () => (await import('./commands/audit.ts')).defineAudit },
  { commands: ['decisions'], load: async () => (await import('./commands/decisions.ts')).defineDecisions },
  { commands: ['data'], load: async () => (await import('./commands/data.ts')).defineData },
  { commands: ['train'], load: async () => (await import('./commands/train.ts')).defineTrain },
  { commands: ['backtest'], load: async () => (await import('./commands/backtest.ts')).defineBacktest },
  { commands: ['registry'], load: async () => (await import('./commands/registry.ts')).defineRegistry },
  { commands: ['token'], load: async () => (await import('./commands/token.ts')).defineToken },
  { commands: ['init'], load: async () => (await import('./commands/init.ts')).defineInit },
  { commands: ['export'], load: async () => (await import('./commands/export.ts')).defineExport },
  { commands: ['import'], load: async () => (await import('./commands/import.ts')).defineImport },
  { commands: ['doctor'], load: async () => (await import('./commands/doctor.ts')).defineDoctor },
];

/**
 * The command line as commander knows it. Loads only the commands of the group that `argv` calls, all of them when it calls none.
 *
 * Parsing throws CommanderError where commander would end the process, and prints no errors of its own.
 */
export async function createProgram(argv: readonly string[], deliver: Deliver): Promise<Command> {
  const program = new Command('ares')
    .description('The command line of Ares: look at what it does, and change it.')
    .usage('[options] <command>')
    .option('--json', 'one JSON value on standard output, and nothing else there')
    .option('--data-dir <dir>', 'where Ares keeps everything (default: ARES_DATA_DIR, else .ares)')
    .option('--stage <name>', 'work on this deployed stage, in place of a data directory of this machine', stageName)
    .option('--slot <slot>', 'like paper:trend:BTC/USDT:1m (default: ARES_SLOT, else the only one there is)', slotText)
    .helpCommand('help [command]', 'the help of a command')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      outputError: () => undefined,
      ...(argv.includes('--json') ? { writeErr: () => undefined } : {}),
    })
    .addHelpText('after', helpText(['status', 'help rollback', 'audit verify --json', '--stage paper status']))
    .exitOverride();
  const called = calledCommand(argv);
  const wanted = groups.filter(({ commands }) => called !== undefined && commands.includes(called));
  for (const { load } of wanted.length > 0 ? wanted : groups) (await load())(program, deliver);
  return program;
}

const WITH_VALUE = ['--data-dir', '--slot', '--stage'];

/** The first word that is neither a global option nor the value of one. */
function calledCommand(argv: readonly string[]): string | undefined {
  return argv.find((word, index) => !word.startsWith('-') && !WITH_VALUE.includes(argv[index - 1] ?? ''));
}
