import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { accountMessages } from '../../../src/adapters/exchange/account-messages.ts';
import { marketMessage } from '../../../src/adapters/exchange/market-message.ts';

const symbolOf = (id: string) => (id === 'BTCUSDT' ? 'BTC/USDT' : undefined);
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const kline = (overrides: object = {}, k: object = {}) => ({
  e: 'kline',
  E: 1_579_482_921_215,
  s: 'BTCUSDT',
  k: {
    t: 60_000,
    T: 119_999,
    s: 'BTCUSDT',
    i: '1m',
    o: '1.5',
    c: '2.5',
    h: '3.0',
    l: '0.5',
    v: '12.25',
    n: 9,
    x: false,
    ...k,
  },
  ...overrides,
});

describe('marketMessage', () => {
  it('reads a candle and whether it is closed', () => {
    const candle = { openTime: 60_000, open: 1.5, high: 3, low: 0.5, close: 2.5, volume: 12.25 };
    expect(marketMessage(kline(), symbolOf, 5)).toEqual({
      kind: 'candle',
      symbol: 'BTC/USDT',
      timeframe: '1m',
      candle,
      at: 1_579_482_921_215,
      closed: false,
      receivedAt: 5,
    });
    expect(marketMessage(kline({}, { x: true }), symbolOf, 5)).toMatchObject({ closed: true });
  });

  it('reads a trade with its price as exact decimal', () => {
    const frame = { e: 'trade', E: 9, s: 'BTCUSDT', t: 1, p: '61685.99000001', q: '0.00000001', T: 8, m: true };
    expect(plain(marketMessage(frame, symbolOf, 5))).toEqual({
      kind: 'trade',
      symbol: 'BTC/USDT',
      price: '61685.99000001',
      quantity: '1e-8',
      at: 8,
      receivedAt: 5,
    });
  });

  it('knows a book top by its fields, because it has no event name', () => {
    const frame = { u: 1, s: 'BTCUSDT', b: '1.10', B: '5', a: '1.20', A: '6' };
    expect(plain(marketMessage(frame, symbolOf, 5))).toEqual({
      kind: 'book-top',
      symbol: 'BTC/USDT',
      bid: '1.1',
      ask: '1.2',
      bidQuantity: '5',
      askQuantity: '6',
      receivedAt: 5,
    });
  });

  it('ignores other kinds and markets nobody asked for', () => {
    expect(marketMessage({ e: 'depthUpdate', s: 'BTCUSDT', b: [], a: [] }, symbolOf, 5)).toBeUndefined();
    expect(marketMessage({ u: 1, s: 'BTCUSDT' }, symbolOf, 5)).toBeUndefined();
    expect(marketMessage(kline({ s: 'ETHBTC' }), symbolOf, 5)).toBeUndefined();
    expect(marketMessage({ e: 'trade', s: 'ETHBTC', p: '1', q: '1', T: 1 }, symbolOf, 5)).toBeUndefined();
    expect(marketMessage({ s: 'ETHBTC', b: '1', B: '1', a: '2', A: '1' }, symbolOf, 5)).toBeUndefined();
  });

  it.each([
    ['a candle without its closed flag', kline({}, { x: undefined })],
    ['a candle with a price as number', kline({}, { c: 2.5 })],
    ['a candle with an empty price', kline({}, { c: '' })],
    ['a candle with a volume that is no number', kline({}, { v: 'NaN' })],
    ['a candle without its interval', kline({}, { i: undefined })],
    ['a candle without its time of sending', kline({ E: undefined })],
    ['a trade with a negative price', { e: 'trade', s: 'BTCUSDT', p: '-1', q: '1', T: 1 }],
    ['a trade with two points in its price', { e: 'trade', s: 'BTCUSDT', p: '1.1.1', q: '1', T: 1 }],
    ['a book top without its quantities', { u: 1, s: 'BTCUSDT', b: '1.10', a: '1.20' }],
    ['a book top with an empty quantity', { u: 1, s: 'BTCUSDT', b: '1.10', B: '', a: '1.20', A: '1' }],
    ['a trade without price', { e: 'trade', s: 'BTCUSDT', q: '1', T: 1 }],
    ['something that is no object', 'hello'],
  ])('throws at %s instead of passing on half of it', (_, frame) => {
    expect(() => marketMessage(frame, symbolOf, 5)).toThrow();
  });
});

const report = (overrides: object = {}) => ({
  e: 'executionReport',
  s: 'BTCUSDT',
  c: 'mine-1',
  C: '',
  S: 'BUY',
  X: 'PARTIALLY_FILLED',
  x: 'TRADE',
  i: 4_293_153,
  q: '1.00000000',
  z: '0.40000000',
  l: '0.10000000',
  L: '100.5',
  n: '0.00010000',
  N: 'BNB',
  T: 77,
  t: 12,
  ...overrides,
});

describe('marketMessage checks by hand', () => {
  const shapes = { trade: ['s', 'p', 'q', 'T'], bookTicker: ['s', 'b', 'B', 'a', 'A'] } as const;
  const whole = {
    trade: { e: 'trade', s: 'BTCUSDT', p: '1.5', q: '0.1', T: 8 },
    bookTicker: { s: 'BTCUSDT', b: '1.1', B: '5', a: '1.2', A: '6' },
  };

  it('refuses a frame with any field missing or of another type, in the words of the schema', () => {
    const field = fc.constantFrom(
      ...Object.keys(shapes).flatMap((kind) => shapes[kind as 'trade'].map((name) => [kind, name] as const)),
    );
    const wrong = fc.constantFrom<unknown>(undefined, null, true, '', ' ', '1e5', '.5', '5.', '0x10', '1,5', [], {});
    fc.assert(
      fc.property(field, wrong, ([kind, name], value) => {
        const frame = { ...whole[kind as 'trade'], [name]: value };
        // A market nobody knows, and a book without prices, which is another kind of frame.
        if (name === 's' && typeof value === 'string') return;
        if (
          kind === 'bookTicker' &&
          (name as string) !== 'B' &&
          (name as string) !== 'A' &&
          name !== 's' &&
          typeof value !== 'string'
        )
          return;
        expect(() => marketMessage(frame, symbolOf, 5)).toThrow(z.ZodError);
      }),
    );
  });

  it('takes any decimal, to its last digit', () => {
    const text = fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.option(fc.stringMatching(/^\d{1,10}$/), { nil: undefined }))
      .map(([whole, part]) => (part === undefined ? String(whole) : `${whole}.${part}`));
    fc.assert(
      fc.property(text, (p) => {
        const message = marketMessage({ e: 'trade', s: 'BTCUSDT', p, q: '1', T: 8 }, symbolOf, 5);
        if (message?.kind !== 'trade') throw new Error('must be a trade');
        expect(message.price.eq(p)).toBe(true);
      }),
    );
  });
});

describe('accountMessages', () => {
  it('hands over the fill before the order it belongs to', () => {
    const [fill, order] = plain(accountMessages(report(), symbolOf, 5)) as [object, object];
    expect(fill).toMatchObject({
      kind: 'fill',
      fill: {
        tradeId: '12',
        clientOrderId: 'mine-1',
        exchangeOrderId: '4293153',
        price: '100.5',
        quantity: '0.1',
        fee: '0.0001',
        feeAsset: 'BNB',
      },
    });
    expect(order).toMatchObject({
      kind: 'order',
      report: { status: 'partially_filled', quantity: '1', filled: '0.4', updatedAt: 77 },
    });
  });

  it('names a cancelled order by its own id, not by the one of the cancel', () => {
    const cancelled = report({ x: 'CANCELED', X: 'CANCELED', c: 'cancel-9', C: 'mine-1', t: -1 });
    expect(accountMessages(cancelled, symbolOf, 5)).toMatchObject([
      { kind: 'order', report: { clientOrderId: 'mine-1', status: 'cancelled' } },
    ]);
  });

  it('takes a missing commission for none', () => {
    expect(plain(accountMessages(report({ n: '0', N: null }), symbolOf, 5))).toMatchObject([
      { fill: { fee: '0', feeAsset: '' } },
      {},
    ]);
  });

  it.each([
    ['NEW', 'new'],
    ['PENDING_NEW', 'new'],
    ['FILLED', 'filled'],
    ['REJECTED', 'rejected'],
    ['EXPIRED', 'expired'],
    ['EXPIRED_IN_MATCH', 'expired'],
  ])('reads %s as %s', (X, status) => {
    expect(accountMessages(report({ x: 'NEW', X }), symbolOf, 5)).toMatchObject([{ report: { status } }]);
  });

  it('tells of money that came or went other than by trading', () => {
    const event = { e: 'balanceUpdate', E: 1_573_200_697_110, a: 'BTC', d: '-100.00000001', T: 1_573_200_697_068 };
    expect(plain(accountMessages(event, symbolOf, 5))).toEqual([
      { kind: 'balance-change', asset: 'BTC', change: '-100.00000001', at: 1_573_200_697_068, receivedAt: 5 },
    ]);
    expect(() => accountMessages({ ...event, d: undefined }, symbolOf, 5)).toThrow();
  });

  it('passes over what other events say already, and refuses what is no event', () => {
    expect(accountMessages({ e: 'listStatus', g: 2, c: 'OCO', l: 'EXEC_STARTED' }, symbolOf, 5)).toEqual([]);
    expect(accountMessages({ e: 'outboundAccountPosition', B: [] }, symbolOf, 5)).toEqual([]);
    expect(() => accountMessages(undefined, symbolOf, 5)).toThrow();
  });

  it('names an order of a pair that the other one has ended by its own id', () => {
    const ended = report({ x: 'EXPIRED', X: 'EXPIRED', c: 'mine-1', C: '', t: -1, g: 7 });
    expect(accountMessages(ended, symbolOf, 5)).toMatchObject([
      { kind: 'order', report: { clientOrderId: 'mine-1', status: 'expired' } },
    ]);
  });

  it.each(['s', 'i', 'c', 'S', 'X', 'x', 'q', 'z', 'T', 't', 'l', 'L'])(
    'throws at an order event without its %s, in the words of the schema',
    (name) => {
      expect(() => accountMessages(report({ [name]: undefined }), symbolOf, 5)).toThrow(z.ZodError);
      expect(() => accountMessages(report({ [name]: [] }), symbolOf, 5)).toThrow(z.ZodError);
    },
  );

  it('throws at an order event whose optional fields are of another type', () => {
    for (const wrong of [{ C: 1 }, { N: 5 }, { n: 'much' }, { n: 0.5 }, { X: 'constructor' }, { i: 2 ** 60 }])
      expect(() => accountMessages(report(wrong), symbolOf, 5)).toThrow(z.ZodError);
  });

  it('keeps ids that are too long for a number as they came', () => {
    const [fill] = accountMessages(report({ i: '12345678901234567890', t: '98765432109876543210' }), symbolOf, 5);
    expect(fill).toMatchObject({ fill: { exchangeOrderId: '12345678901234567890', tradeId: '98765432109876543210' } });
  });

  it('ignores other markets, and throws at a status it does not know', () => {
    expect(accountMessages(report({ s: 'ETHBTC' }), symbolOf, 5)).toEqual([]);
    expect(() => accountMessages(report({ X: 'HALF_DONE' }), symbolOf, 5)).toThrow();
  });
});
