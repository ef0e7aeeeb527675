import * as z from 'zod';
import type { MarketCapabilities } from '../../core/ports/exchange.ts';
import type { OrderType } from '../../core/risk/approved-order.ts';

const market = z.object({
  info: z.object({
    orderTypes: z.array(z.string()),
    ocoAllowed: z.boolean().default(false),
    cancelReplaceAllowed: z.boolean().default(false),
  }),
});

const TYPES: readonly (readonly [OrderType, string])[] = [
  ['market', 'MARKET'],
  ['limit', 'LIMIT'],
  ['post_only', 'LIMIT_MAKER'],
  ['stop', 'STOP_LOSS'],
];

/**
 * What a market of Binance spot can do: by its own word where it has one (`exchangeInfo`), otherwise by the venue's documentation.
 *
 * @param raw a market as ccxt loads it
 * @throws ZodError when the market lacks what Binance documents
 */
export function marketCapabilities(
  raw: unknown,
  { socketOrders, transfers }: Pick<MarketCapabilities, 'socketOrders' | 'transfers'>,
): MarketCapabilities {
  const { orderTypes, ocoAllowed, cancelReplaceAllowed } = market.parse(raw).info;
  const types = new Set(TYPES.filter(([, name]) => orderTypes.includes(name)).map(([type]) => type));
  return {
    orderTypes: types,
    pairs: ocoAllowed && types.has('post_only') && types.has('stop'),
    replace: cancelReplaceAllowed,
    socketOrders,
    requestWindow: true,
    reusesClientOrderIds: true,
    transfers,
  };
}
