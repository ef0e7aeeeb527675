import { AresError } from '../ares-error.ts';
import type { MarketRules } from '../ports/exchange.ts';
import { decimal } from '../trading/money.ts';

/** Steps by base asset, as Binance spot has them against USDT; anything else gets steps that suit a price around one. */
const STEPS: Readonly<Record<string, { readonly price: string; readonly quantity: string }>> = {
  BTC: { price: '0.01', quantity: '0.00001' },
  ETH: { price: '0.01', quantity: '0.0001' },
  BNB: { price: '0.01', quantity: '0.001' },
  SOL: { price: '0.01', quantity: '0.001' },
};
const OTHER = { price: '0.0001', quantity: '0.01' };

/**
 * What a simulated exchange demands of orders in one market: Binance's values where it has the market.
 *
 * @param symbol `BASE/QUOTE`
 * @throws AresError `SYMBOL_INVALID`
 */
export function simulatedMarketRules(symbol: string): MarketRules {
  const match = /^([A-Z0-9]{1,20})\/([A-Z0-9]{1,20})$/.exec(symbol);
  const [base, quote] = match ? [match[1], match[2]] : [];
  if (base === undefined || quote === undefined) {
    throw new AresError('SYMBOL_INVALID', `symbol must be like "BTC/USDT", was "${symbol}"`, { symbol });
  }
  const steps = STEPS[base] ?? OTHER;
  return {
    symbol,
    base,
    quote,
    priceStep: decimal(steps.price),
    quantityStep: decimal(steps.quantity),
    minQuantity: decimal(steps.quantity),
    minNotional: decimal('5'),
    takerFee: decimal('0.001'),
    makerFee: decimal('0.001'),
  };
}
