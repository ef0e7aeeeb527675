import { describe, expect, it } from 'vitest';
import { marketRules } from '../../../src/adapters/exchange/market-rules.ts';

const price = { filterType: 'PRICE_FILTER', tickSize: '0.01000000' };
const lot = { filterType: 'LOT_SIZE', minQty: '0.00001000', stepSize: '0.00001000' };
const market = (...filters: object[]) => ({
  symbol: 'BTC/USDT',
  base: 'BTC',
  quote: 'USDT',
  taker: 0.001,
  maker: '0.00075',
  info: { filters },
});
const asText = (rules: object) =>
  Object.fromEntries(
    Object.entries(rules).map(([name, value]) => [name, typeof value === 'string' ? value : value.toFixed()]),
  );

describe('marketRules', () => {
  it('reads steps, minima and fees as decimals', () => {
    expect(asText(marketRules(market(price, lot, { filterType: 'NOTIONAL', minNotional: '5.00000000' })))).toEqual({
      symbol: 'BTC/USDT',
      base: 'BTC',
      quote: 'USDT',
      priceStep: '0.01',
      quantityStep: '0.00001',
      minQuantity: '0.00001',
      minNotional: '5',
      takerFee: '0.001',
      makerFee: '0.00075',
    });
  });

  it('takes the stricter of the two quantity filters, and 0 for not applied', () => {
    const strict = { filterType: 'MARKET_LOT_SIZE', minQty: '0.00100000', stepSize: '0.00100000' };
    const none = { filterType: 'MARKET_LOT_SIZE', minQty: '0.00000000', stepSize: '0.00000000' };
    expect(asText(marketRules(market(price, lot, strict)))).toMatchObject({
      quantityStep: '0.001',
      minQuantity: '0.001',
    });
    expect(asText(marketRules(market(price, lot, none)))).toMatchObject({
      quantityStep: '0.00001',
      minQuantity: '0.00001',
    });
  });

  it('takes the smaller of the two largest quantities, and 0 for none', () => {
    const most = (lotMax: object, marketMax: object) =>
      marketRules(
        market(
          price,
          { ...lot, ...lotMax },
          { filterType: 'MARKET_LOT_SIZE', minQty: '0', stepSize: '0', ...marketMax },
        ),
      ).maxQuantity?.toFixed();
    expect(most({ maxQty: '9000.00000000' }, { maxQty: '84.00000000' })).toBe('84');
    expect(most({ maxQty: '9000' }, { maxQty: '0.00000000' })).toBe('9000');
    expect(most({ maxQty: '9000' }, {})).toBe('9000');
    expect(most({}, {})).toBeUndefined();
  });

  it('knows the older name of the minimum notional, and a market without one', () => {
    expect(asText(marketRules(market(price, lot, { filterType: 'MIN_NOTIONAL', minNotional: '10' }))).minNotional).toBe(
      '10',
    );
    expect(asText(marketRules(market(price, lot))).minNotional).toBe('0');
  });

  it.each([
    ['PRICE_FILTER', market(lot)],
    ['LOT_SIZE', market(price)],
  ])('refuses a market without %s rather than trading it by guesses', (_, incomplete) => {
    expect(() => marketRules(incomplete)).toThrow();
  });
});
