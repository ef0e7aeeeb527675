import type { LiveConfig } from '../config/live-config.ts';
import type { Monotonic } from '../ports/clock.ts';
import type { MarketData } from '../ports/exchange.ts';
import type { Measurement } from './check-result.ts';
import { compare } from './measure.ts';

/** One round trip to the exchange: the request for its time. */
export async function checkExchange(
  ports: { readonly marketData: MarketData; readonly monotonic: Monotonic },
  limits: LiveConfig['monitoring'],
): Promise<readonly Measurement[]> {
  const sent = ports.monotonic.now();
  await ports.marketData.serverTime();
  const latency = ports.monotonic.now() - sent;
  return [compare({ name: 'exchange', unit: 'Milliseconds' }, latency, { atMost: limits.exchangeLatencyMs })];
}
