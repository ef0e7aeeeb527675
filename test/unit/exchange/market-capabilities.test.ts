import { describe, expect, it } from 'vitest';
import { marketCapabilities } from '../../../src/adapters/exchange/market-capabilities.ts';

const market = (info: object) => ({
  symbol: 'BTC/USDT',
  info: {
    orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS', 'STOP_LOSS_LIMIT', 'TAKE_PROFIT'],
    ocoAllowed: true,
    cancelReplaceAllowed: true,
    ...info,
  },
});
const nature = { socketOrders: true, transfers: true };

describe('the capabilities of a market', () => {
  it('are what the exchange says of it', () => {
    expect(marketCapabilities(market({}), nature)).toEqual({
      orderTypes: new Set(['market', 'limit', 'post_only', 'stop']),
      pairs: true,
      replace: true,
      socketOrders: true,
      requestWindow: true,
      reusesClientOrderIds: true,
      transfers: true,
    });
  });

  it.each([
    [
      'no stops, and so no pairs',
      { orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS_LIMIT'] },
      { pairs: false, replace: true },
    ],
    ['no pairs', { ocoAllowed: false }, { pairs: false, replace: true }],
    ['no replacing', { cancelReplaceAllowed: false }, { pairs: true, replace: false }],
    [
      'what it does not say',
      { ocoAllowed: undefined, cancelReplaceAllowed: undefined },
      { pairs: false, replace: false },
    ],
  ])('hold %s', (_, info, expected) => {
    expect(marketCapabilities(market(info), nature)).toMatchObject(expected);
  });

  it('hold only order types the market takes', () => {
    const { orderTypes } = marketCapabilities(market({ orderTypes: ['LIMIT', 'MARKET'] }), nature);
    expect([...orderTypes]).toEqual(['market', 'limit']);
  });

  it('cannot be read from a market without order types', () => {
    expect(() => marketCapabilities(market({ orderTypes: undefined }), nature)).toThrow();
  });
});
