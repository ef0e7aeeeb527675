import type { Command } from 'commander';
import { helpText } from './help-text.ts';

/** Adds a command that only holds others. */
export function defineGroup(
  program: Command,
  {
    name,
    about,
    examples,
    more,
  }: { readonly name: string; readonly about: string; readonly examples: readonly string[]; readonly more?: string },
): Command {
  return program.command(name).description(about).addHelpText('after', helpText(examples, more));
}
