import { resolve } from 'node:path';
import { platform } from '#port/platform';
import { readEnv } from '../../src/compose/env.ts';
import { oneMachineOnly } from '../../src/compose/one-machine-only.ts';
import { AresError } from '../../src/core/ares-error.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import { readStage } from './stage/read-stage.ts';

/** One run of the command line. */
export interface Session {
  readonly json: boolean;
  /** The deployed stage it works on; `undefined` for the data directory. */
  readonly stage: string | undefined;
  /** Absolute. */
  readonly dataDir: string;
  /** The launcher with what was named to work on, for commands to propose. */
  readonly launcher: string;
  /** What `--slot` or ARES_SLOT names. */
  readonly slot: SlotId | undefined;
  /** Says something that is not the result, to people: nothing with `--json`. */
  note(line: string): void;
}

export interface GlobalOptions {
  readonly json?: boolean;
  readonly dataDir?: string;
  readonly stage?: string;
  readonly slot?: SlotId;
}

/** The platform was chosen before anything was parsed: by the launcher, or by hand. */
function checkPlatform({ stage, dataDir }: GlobalOptions): void {
  if (stage === undefined && platform === 'aws')
    throw new AresError('USAGE', '--stage must name a deployed stage, as an option of its own: --stage paper');
  if (stage !== undefined && platform !== 'aws')
    throw new AresError('USAGE', `--stage must be given to the launcher, run: ./ares --stage ${stage} …`);
  if (stage !== undefined && dataDir !== undefined)
    throw new AresError(
      'USAGE',
      '--data-dir and --stage must not be given together: a deployed stage has no directory',
    );
}

/**
 * Begins a run: the environment is as the global options say before any port is built from it.
 *
 * @throws AresError `ENV_INVALID`, `USAGE`, and what reading a stage throws
 */
export function openSession(options: GlobalOptions): Session {
  const { json = false, dataDir, stage } = options;
  const { env } = process;
  checkPlatform(options);
  env.ARES_LOG_LEVEL ??= 'silent';
  if (dataDir !== undefined) env.ARES_DATA_DIR = dataDir;
  if (options.slot !== undefined) env.ARES_SLOT = options.slot;
  const slots = env.ARES_SLOT === undefined ? [] : readEnv().ARES_SLOT;
  // A trader's list of several names none of them.
  const slot = slots.length === 1 ? slots[0] : undefined;
  // Logs of AWS go to standard output, which is the result's here.
  if (stage !== undefined) Object.assign(env, readStage(stage, slot), { ARES_LOG_LEVEL: 'silent' });
  return {
    json,
    stage,
    launcher: `./ares${stage === undefined ? '' : ` --stage ${stage}`}${dataDir === undefined ? '' : ` --data-dir ${dataDir}`}`,
    dataDir: resolve(readEnv().ARES_DATA_DIR),
    slot,
    note: (line) => void (json || process.stderr.write(`${line}\n`)),
  };
}

/** For commands that touch nothing of a stage. @throws AresError `ONE_MACHINE_ONLY` */
export function requireOneMachine({ stage }: Session, what: string, instead: string): void {
  if (stage !== undefined) throw oneMachineOnly(what, instead);
}
