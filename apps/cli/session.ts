import { resolve } from 'node:path';
import { readEnv } from '../../src/compose/env.ts';
import type { SlotId } from '../../src/core/models/slot.ts';

/** One run of the command line. */
export interface Session {
  readonly json: boolean;
  /** Absolute. */
  readonly dataDir: string;
  /** What `--slot` or ARES_SLOT names. */
  readonly slot: SlotId | undefined;
  /** Says something that is not the result, to people: nothing with `--json`. */
  note(line: string): void;
}

export interface GlobalOptions {
  readonly json?: boolean;
  readonly dataDir?: string;
  readonly slot?: SlotId;
}

/**
 * Begins a run: the environment is as the global options say before any port is built from it.
 *
 * @throws AresError `ENV_INVALID`
 */
export function openSession({ json = false, dataDir, slot }: GlobalOptions): Session {
  const { env } = process;
  env.ARES_LOG_LEVEL ??= 'silent';
  if (dataDir !== undefined) env.ARES_DATA_DIR = dataDir;
  if (slot !== undefined) env.ARES_SLOT = slot;
  const wanted = readEnv();
  return {
    json,
    dataDir: resolve(wanted.ARES_DATA_DIR),
    slot: env.ARES_SLOT === undefined ? undefined : wanted.ARES_SLOT,
    note: (line) => void (json || process.stderr.write(`${line}\n`)),
  };
}
