import { eventLog } from '#port/event-log';
import { marketData } from '#port/market-data';
import { monotonic } from '#port/monotonic';
import { timers } from '#port/timers';
import { readEnv } from '../../src/compose/env.ts';
import { describeVenue } from './describe-venue.ts';
import { mlflowPorts } from './mlflow-ports.ts';
import { rateLimit } from './rate-limit.ts';
import { serveApi } from './serve-api.ts';
import type { ServedApi } from './serve-app.ts';

/**
 * Serves the page of this machine's slot, and MLflow's API, over this machine's ports.
 *
 * @throws AresError `PORT_BUSY`, and what opening the data directory throws
 */
export function servePage({ port }: { readonly port: number }): Promise<ServedApi> {
  const env = readEnv();
  const ports = { ...mlflowPorts(), eventLog: eventLog(), marketData: marketData(), monotonic, timers };
  return serveApi({ port, rate: rateLimit(env), slot: env.ARES_SLOT[0], venue: describeVenue(env) }, ports);
}
