import { CommanderError } from 'commander';
import { AresError, messageOf } from '../../src/core/ares-error.ts';
import { createProgram } from './create-program.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Report } from './report.ts';

/** Errors that say that what was typed, or the environment, is not as it must be. */
const USAGE_CODES: ReadonlySet<string> = new Set([
  'USAGE',
  'ENV_INVALID',
  'SLOT_AMBIGUOUS',
  'SLOT_INVALID',
  'STAGE_INVALID',
  'RUN_ID_INVALID',
  'QUERY_INVALID',
  'TIMEFRAME_INVALID',
  'TRAINING_INVALID',
  'ONE_MACHINE_ONLY',
  'OUTPUTS_MISSING',
  'OUTPUTS_INVALID',
  'STAGE_UNKNOWN',
]);

/** Runs one command line to its end, printing its result or its error, and returns the exit code. */
export async function runCli(argv: readonly string[]): Promise<ExitCode> {
  const json = argv.includes('--json');
  // Whoever reads has read enough, like `head`: that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.failed),
  );
  let report: Report | undefined;
  try {
    const program = await createProgram(argv, (delivered) => {
      report = delivered;
    });
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    return reportError(error, json);
  }
  if (!report) return EXIT.done;
  await print(process.stdout, json ? JSON.stringify(report.value) : report.text);
  return report.exit ?? EXIT.done;
}

async function reportError(error: unknown, json: boolean): Promise<ExitCode> {
  if (error instanceof CommanderError) {
    // Help that was asked for; or printed, to standard error, where a subcommand was missing.
    if (error.exitCode === 0) return EXIT.done;
    if (error.code === 'commander.help') {
      return json
        ? reportError(new AresError('USAGE', 'a command must be named. Run it with --help to see what there is.'), json)
        : EXIT.usage;
    }
    const message = `${error.message.replace(/^error: |\.$/g, '').replaceAll('\n', ' ')}. Run it with --help to see what there is.`;
    return reportError(new AresError('USAGE', message), json);
  }
  const code = error instanceof AresError ? error.code : 'UNEXPECTED';
  const data = error instanceof AresError ? error.data : {};
  const message = messageOf(error).replaceAll(/\s*\n\s*/g, ' ');
  await print(process.stderr, json ? JSON.stringify({ error: { code, message, data } }) : `ares: ${code}: ${message}`);
  return USAGE_CODES.has(code) ? EXIT.usage : EXIT.failed;
}

/** Resolves when the text is out of the process, which may end then. */
const print = (stream: NodeJS.WriteStream, text: string): Promise<void> =>
  new Promise((resolve) => stream.write(`${text}\n`, () => resolve()));
