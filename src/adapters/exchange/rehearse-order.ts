import type { Exchange } from '../../core/ports/exchange.ts';
import type { AccountKeys } from './account-keys.ts';
import { PLACE, placeRequest } from './order-request.ts';
import type { SubmitOptions } from './send-once.ts';
import { textFrame } from './text-frame.ts';
import type { Venue } from './venue.ts';

/** Makes an order's request, signs it and frames it, and drops it: the next one's code and key are in the processor's caches then. */
export function createRehearseOrder(
  { client }: Venue,
  keys: AccountKeys,
  { via }: Pick<SubmitOptions, 'via'>,
): NonNullable<Exchange['rehearse']> {
  return (order) => {
    const marketId = client.markets?.[order.symbol]?.id;
    const signer = keys.signer();
    if (marketId === undefined || signer === undefined) return;
    const { shape, values } = placeRequest(order, marketId);
    // No request has the number 0.
    if (via === 'websocket') textFrame(signer.frame(0, PLACE.method, shape, values));
    else signer.query(shape, values);
  };
}
