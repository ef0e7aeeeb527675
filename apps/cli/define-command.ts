import type { Command } from 'commander';
import { helpText } from './help-text.ts';
import type { Report } from './report.ts';
import { type GlobalOptions, openSession, type Session } from './session.ts';

/** A command as its file describes it. */
export interface CommandDefinition<Options extends object> {
  /** With its arguments: `show <run>`. */
  readonly name: string;
  readonly about: string;
  /** Without `./ares`. */
  readonly examples: readonly string[];
  /** Beyond what the options say. */
  readonly more?: string;
  readonly isDefault?: boolean;
  readonly options?: (command: Command) => void;
  readonly run: (session: Session, options: Options, args: readonly string[]) => Promise<Report>;
}

/** Where the report of the command that ran is handed to. */
export type Deliver = (report: Report) => void;

/** Adds a command that parses, does one thing and reports it. */
export function defineCommand<Options extends object>(
  parent: Command,
  deliver: Deliver,
  definition: CommandDefinition<Options>,
): void {
  const { name, about, examples, more, isDefault = false } = definition;
  const command = parent.command(name, { isDefault }).description(about);
  definition.options?.(command);
  command.addHelpText('after', helpText(examples, more));
  command.action(async () => {
    const session = openSession(command.optsWithGlobals<GlobalOptions>());
    deliver(await definition.run(session, command.opts<Options>(), command.processedArgs as readonly string[]));
  });
}
