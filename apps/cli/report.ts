import type { ExitCode } from './exit-codes.ts';

/** What a command found or did: `value` for programs, `text` for people. */
export interface Report {
  readonly value: unknown;
  readonly text: string;
  /** 0 when absent. */
  readonly exit?: ExitCode;
}
