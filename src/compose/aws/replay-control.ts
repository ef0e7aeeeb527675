import { createReplayControl } from '../../adapters/exchange/replay-control.ts';
import type { ReplayControl } from '../../core/ports/replay-control.ts';
import { requireEnv } from '../require-env.ts';

let built: ReplayControl | undefined;

/** @throws AresError `ENV_INVALID` when the exchange is not a replay */
export const replayControl = (): ReplayControl => {
  built ??= createReplayControl(requireEnv('ARES_CONTROL_URL', 'the address of a paper exchange to drive its market'));
  return built;
};
