/** What a script learns from how a command ends. */
export const EXIT = { done: 0, failed: 1, usage: 2, nothing: 3, refused: 4 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** For the help of every command. */
export const EXIT_HELP = `Exit codes:
  0  done, or it was so already
  1  failed: something that should work did not
  2  usage: the command line or the environment is not as it must be
  3  nothing to do: no rollback target left, no such dead event
  4  refused: the answer is no, and says why`;
