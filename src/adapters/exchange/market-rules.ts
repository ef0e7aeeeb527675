import * as z from 'zod';
import type { MarketRules } from '../../core/ports/exchange.ts';
import { type Decimal, decimal, ZERO } from '../../core/trading/money.ts';

const amount = z.string().transform((text) => decimal(text));
/** Text from the exchange, a number where it is ccxt's own default. */
const fraction = z.union([z.string(), z.number()]).transform((value) => decimal(String(value)));
const priceFilter = z.object({ tickSize: amount });
const lotFilter = z.object({ minQty: amount, maxQty: amount.optional(), stepSize: amount });
const notionalFilter = z.object({ minNotional: amount });

const marketSchema = z.object({
  symbol: z.string(),
  base: z.string(),
  quote: z.string(),
  taker: fraction,
  maker: fraction,
  info: z.object({ filters: z.array(z.looseObject({ filterType: z.string() })) }),
});

/**
 * What the exchange demands of a market order, from a market as ccxt loads it.
 *
 * A market order must meet both quantity filters, so the stricter one counts; Binance writes 0 for one it does not apply.
 *
 * @throws ZodError when the market lacks what Binance documents
 */
export function marketRules(market: unknown): MarketRules {
  const { symbol, base, quote, taker, maker, info } = marketSchema.parse(market);
  const filter = (name: string) => info.filters.find((entry) => entry.filterType === name);
  const lot = lotFilter.parse(filter('LOT_SIZE'));
  const marketLot = lotFilter.optional().parse(filter('MARKET_LOT_SIZE')) ?? {
    minQty: ZERO,
    maxQty: ZERO,
    stepSize: ZERO,
  };
  const [maxQuantity] = [lot.maxQty, marketLot.maxQty].filter((most) => most?.gt(0)).sort(smallestFirst);
  const minNotional = (name: string) => notionalFilter.optional().parse(filter(name))?.minNotional ?? ZERO;
  return {
    symbol,
    base,
    quote,
    priceStep: priceFilter.parse(filter('PRICE_FILTER')).tickSize,
    quantityStep: larger(lot.stepSize, marketLot.stepSize),
    minQuantity: larger(lot.minQty, marketLot.minQty),
    ...(maxQuantity ? { maxQuantity } : {}),
    minNotional: larger(minNotional('NOTIONAL'), minNotional('MIN_NOTIONAL')),
    takerFee: taker,
    makerFee: maker,
  };
}

const larger = (a: Decimal, b: Decimal): Decimal => (a.gte(b) ? a : b);

const smallestFirst = (a: Decimal | undefined, b: Decimal | undefined): number => (a && b ? a.cmp(b) : 0);
