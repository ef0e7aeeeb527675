import { eventLog } from '#port/event-log';
import { ledger } from '#port/ledger';
import { log } from '#port/log';
import { marketData } from '#port/market-data';
import { monotonic } from '#port/monotonic';
import { timers } from '#port/timers';
import { wallClock } from '#port/wall-clock';
import { readEnv } from '../../src/compose/env.ts';
import { describeVenue } from './describe-venue.ts';
import { type ServedApi, serveApi } from './serve-api.ts';

/**
 * Serves the page of this machine's slot over this machine's ports.
 *
 * @throws AresError `PORT_BUSY`, and what opening the data directory throws
 */
export function servePage({ port }: { readonly port: number }): Promise<ServedApi> {
  const env = readEnv();
  const ports = {
    eventLog: eventLog(),
    ledger: ledger(),
    log: log(),
    marketData: marketData(),
    monotonic,
    timers,
    wallClock,
  };
  return serveApi({ port, slot: env.ARES_SLOT[0], venue: describeVenue(env) }, ports);
}
