/** Somebody who answers questions. */
export interface Asker {
  /** @param check says what an answer must be when it is not */
  text(message: string, check: (answer: string) => true | string, proposed?: string): Promise<string>;
  choice(message: string, choices: Readonly<Record<string, string>>, proposed: string): Promise<string>;
  yes(message: string, proposed: boolean): Promise<boolean>;
}

/** The person at the terminal; questions go to standard error, so that standard output holds the result alone. */
export async function terminalAsker(): Promise<Asker> {
  // Loaded by nobody who is not asked.
  const { confirm, input, select } = await import('@inquirer/prompts');
  const context = { output: process.stderr };
  return {
    text: (message, validate, proposed) =>
      input({ message, validate, ...(proposed === undefined ? {} : { default: proposed }) }, context),
    choice: (message, choices, proposed) =>
      select(
        {
          message,
          choices: Object.entries(choices).map(([value, about]) => ({ value, name: `${value}: ${about}` })),
          default: proposed,
        },
        context,
      ),
    yes: (message, proposed) => confirm({ message, default: proposed }, context),
  };
}

/** Whether a question was left with Ctrl-C. */
export const wasLeft = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'ExitPromptError';
