import { Agent, request } from 'node:http';
import { AresError } from '../../src/core/ares-error.ts';
import type { EpochMillis } from '../../src/core/ports/clock.ts';
import type { EngineCounters } from '../../src/core/trading/engine-counters.ts';

/** Tells the paper exchange that a bar is decided and what was processed so far, so that it goes one bar on. */
export type AcknowledgeBar = (barClose: EpochMillis, counters: EngineCounters) => Promise<void>;

/** @throws AresError `ACKNOWLEDGEMENT_FAILED` */
export function createBarAcknowledger(controlUrl: string): AcknowledgeBar {
  // One connection for a whole run: a new one a bar would double the time of a step.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const target = new URL('/control/ack', controlUrl);
  return (barClose, { candles, trades, bookTops }) =>
    new Promise((resolve, reject) => {
      const failed = (what: string, cause?: unknown) =>
        reject(new AresError('ACKNOWLEDGEMENT_FAILED', `the paper exchange must take the acknowledgement of bar ${barClose}, ${what}`, { barClose }, cause));
      const call = request(target, { method: 'POST', agent, headers: { 'content-type': 'application/json' } }, (response) => {
        response.resume();
        response.on('end', () => (response.statusCode === 200 ? resolve() : failed(`answered ${response.statusCode}`)));
      });
      call.on('error', (error) => failed('did not answer', error));
      call.end(JSON.stringify({ trader: 'trader', barClose, candles, trades, bookTops }));
    });
}
