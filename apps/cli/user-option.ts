import { type Command, InvalidArgumentError } from 'commander';

export interface UserOptions {
  readonly user?: string;
}

function nonEmpty(text: string): string {
  if (text.trim() !== '') return text.trim();
  throw new InvalidArgumentError('user must be a name, was empty');
}

/** For commands that change something: the audit trail says who did it. */
export const userOption = (command: Command): Command =>
  command.option(
    '--user <name>',
    'who does this, for the audit trail (default: the user of the operating system)',
    nonEmpty,
  );
