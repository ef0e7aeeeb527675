import { createReplayControl } from '../../adapters/exchange/replay-control.ts';
import { AresError } from '../../core/ares-error.ts';
import type { ReplayControl } from '../../core/ports/replay-control.ts';
import { readEnv } from '../env.ts';

let built: ReplayControl | undefined;

/** @throws AresError `ENV_INVALID` when the exchange is not a replay */
export const replayControl = (): ReplayControl => {
  const { ARES_CONTROL_URL: url } = readEnv();
  if (!url)
    throw new AresError(
      'ENV_INVALID',
      'ARES_CONTROL_URL must be the address of a paper exchange to drive its market, was not set',
    );
  built ??= createReplayControl(url);
  return built;
};
