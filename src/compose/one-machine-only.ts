import { AresError } from '../core/ares-error.ts';

/** What cannot be done on a deployed stage. */
export const oneMachineOnly = (what: string, instead: string): AresError =>
  new AresError('ONE_MACHINE_ONLY', `${what} must be asked of one machine, was asked of a deployed stage: ${instead}`);
