import { oneMachineOnly } from '../one-machine-only.ts';

/** There is none: what would run on it, Lambda and ECS run. */
export const dataDirectory = {
  lock: (_dataDir: string): { release(): void } => {
    throw oneMachineOnly('a data directory', 'leave --stage out, or look at the stage with "ares --stage NAME status"');
  },
};
