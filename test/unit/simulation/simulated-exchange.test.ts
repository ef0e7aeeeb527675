import { describe, expect, it } from 'vitest';
import type { Candle, Timeframe } from '../../../src/core/market-data/candle.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Stream, StreamMessage } from '../../../src/core/ports/exchange.ts';
import type { ApprovedOrder } from '../../../src/core/risk/approved-order.ts';
import { simulatedMarketRules } from '../../../src/core/simulation/market-rules.ts';
import { createSimulatedExchange } from '../../../src/core/simulation/simulated-exchange.ts';
import { createVenue, emptyVenue } from '../../../src/core/simulation/venue.ts';
import { decimal, price, quantity } from '../../../src/core/trading/money.ts';

const BAR = 60_000;
const symbol = 'BTC/USDT';
const request = { symbols: [symbol], timeframe: '1m' as Timeframe };
const rules = simulatedMarketRules(symbol);

const bar = (index: number, close = 40_000, volume = 30): Candle => ({
  openTime: epochMillis(index * BAR),
  open: close,
  high: close + 5,
  low: close - 5,
  close,
  volume,
});

const order = (clientOrderId: string, side: 'buy' | 'sell' = 'buy', amount = '0.01'): ApprovedOrder =>
  ({
    symbol,
    clientOrderId,
    side,
    type: 'market',
    quantity: quantity(amount),
    referencePrice: price('40000'),
  }) as unknown as ApprovedOrder;

function scene(history: readonly Candle[] = [], usdt = '10000') {
  const venue = createVenue(rules, emptyVenue({ USDT: usdt }));
  const exchange = createSimulatedExchange(venue, BAR, history);
  return { venue, exchange };
}

/** A scene with a limit order that rests below the market, placed past the exchange. */
function withRestingOrder() {
  const { venue, exchange } = scene();
  exchange.play(bar(1));
  const placed = venue.place(
    {
      clientOrderId: 'resting',
      side: 'buy',
      type: 'limit',
      timeInForce: 'gtc',
      quantity: decimal('0.01'),
      price: decimal('39000'),
    },
    exchange.now,
  );
  expect(placed.outcome).toBe('accepted');
  return exchange;
}

describe('an exchange inside the process', () => {
  it('plays a bar as the book top after it and then the closed bar, both at its last moment', async () => {
    const { exchange } = scene();
    const heard: StreamMessage[] = [];
    await exchange.stream(request, (message) => heard.push(message));
    expect(exchange.now).toBe(0);
    exchange.play(bar(3));
    expect(exchange.now).toBe(4 * BAR - 1);
    expect(await exchange.serverTime()).toBe(exchange.now);
    expect(heard).toMatchObject([
      { kind: 'book-top', symbol, receivedAt: exchange.now },
      { kind: 'candle', symbol, candle: bar(3), closed: true, receivedAt: exchange.now },
    ]);
    const [top] = heard;
    expect(top?.kind === 'book-top' && [Number(top.bid), Number(top.ask)]).toEqual([39_999.6, 40_000.4]);
  });

  it('has no book top to tell where nothing is bid, but tells the bar', async () => {
    const { exchange } = scene();
    const heard: string[] = [];
    await exchange.stream(request, ({ kind }) => heard.push(kind));
    exchange.play({ ...bar(1, 0.01), low: 0.01 });
    expect(heard).toEqual(['candle']);
  });

  it('plays on when nobody listens, and has one listener at a time', async () => {
    const { exchange } = scene();
    const heard: string[] = [];
    exchange.play(bar(1));
    const stream: Stream = await exchange.stream(request, ({ kind }) => heard.push(`first ${kind}`));
    await expect(exchange.stream(request, () => undefined)).rejects.toMatchObject({ code: 'STREAM_TAKEN' });
    await stream.close();
    exchange.play(bar(2));
    expect(heard).toEqual([]);
    await exchange.stream(request, ({ kind }) => heard.push(`second ${kind}`));
    exchange.play(bar(3));
    expect(heard).toEqual(['second book-top', 'second candle']);
    await exchange.close();
  });

  it('gives history and played bars: the newest, or those from a time on', async () => {
    const { exchange } = scene([bar(1), bar(2)]);
    exchange.play(bar(3));
    const opened = async (limit: number, since?: number) => {
      const asked = { symbol, timeframe: '1m' as Timeframe, limit };
      const candles = await exchange.candles(since === undefined ? asked : { ...asked, since: epochMillis(since) });
      return candles.map(({ openTime }) => openTime / BAR);
    };
    expect(await opened(10)).toEqual([1, 2, 3]);
    expect(await opened(2)).toEqual([2, 3]);
    expect(await opened(10, 2 * BAR)).toEqual([2, 3]);
    expect(await opened(1, 2 * BAR)).toEqual([2]);
    expect(await exchange.rules(symbol)).toBe(rules);
  });

  it('acknowledges an order with its fills, and knows it afterwards by its id and by time', async () => {
    const { exchange } = scene();
    exchange.play(bar(1));
    const outcome = await exchange.submit(order('mine'));
    expect(outcome).toMatchObject({
      outcome: 'acknowledged',
      report: {
        symbol,
        clientOrderId: 'mine',
        exchangeOrderId: '1',
        side: 'buy',
        status: 'filled',
        updatedAt: 2 * BAR - 1,
      },
      fills: [{ symbol, tradeId: '1', exchangeOrderId: '1', clientOrderId: 'mine', side: 'buy', feeAsset: 'BTC' }],
    });
    if (outcome.outcome !== 'acknowledged') return;
    expect(outcome.report.filled.toFixed()).toBe('0.01');
    expect(outcome.fills[0]?.price.toFixed()).toBe('40000.4');
    expect(outcome.fills[0]?.quantity.toFixed()).toBe('0.01');
    expect(outcome.fills[0]?.fee.toFixed()).toBe('0.00001');
    expect(outcome.fills[0]?.executedAt).toBe(2 * BAR - 1);
    expect(await exchange.order(symbol, 'mine')).toEqual(outcome.report);
    expect(await exchange.order(symbol, 'another')).toBeUndefined();
    expect(await exchange.ordersSince(symbol, epochMillis(2 * BAR - 1))).toEqual([outcome.report]);
    expect(await exchange.ordersSince(symbol, epochMillis(2 * BAR))).toEqual([]);
    expect(await exchange.fillsSince(symbol, epochMillis(2 * BAR - 1))).toEqual(outcome.fills);
    expect(await exchange.fillsSince(symbol, epochMillis(2 * BAR))).toEqual([]);
    expect(await exchange.openOrders(symbol)).toEqual([]);
    expect((await exchange.balances()).get('BTC')?.free.toFixed()).toBe('0.00999');
  });

  it('says how an order ended that the book could not fill', async () => {
    const { exchange } = scene([], '10000000');
    exchange.play(bar(1));
    const outcome = await exchange.submit(order('large', 'buy', '5'));
    expect(outcome).toMatchObject({ outcome: 'acknowledged', report: { status: 'expired' } });
    if (outcome.outcome !== 'acknowledged') return;
    expect(outcome.fills).toHaveLength(10);
    expect(outcome.report.filled.toFixed()).toBe(
      outcome.fills.reduce((sum, fill) => sum.plus(fill.quantity), decimal('0')).toFixed(),
    );
  });

  it('rejects what the venue refuses, with its reason, and remembers nothing of it', async () => {
    const { exchange } = scene();
    expect(await exchange.submit(order('early'))).toMatchObject({ outcome: 'rejected', code: 'NO_MARKET' });
    exchange.play(bar(1));
    expect(await exchange.submit(order('unpaid', 'sell'))).toMatchObject({
      outcome: 'rejected',
      code: 'INSUFFICIENT_BALANCE',
      reason: expect.stringContaining('BTC'),
    });
    expect(await exchange.ordersSince(symbol, epochMillis(0))).toEqual([]);
  });

  it('cancels a resting order once', async () => {
    const exchange = withRestingOrder();
    expect(await exchange.openOrders(symbol)).toMatchObject([{ clientOrderId: 'resting', status: 'new' }]);
    expect(await exchange.cancel(symbol, 'unlike')).toEqual({ outcome: 'not_open' });
    expect(await exchange.cancel(symbol, 'resting')).toMatchObject({
      outcome: 'cancelled',
      report: { clientOrderId: 'resting', status: 'cancelled' },
    });
    expect(await exchange.openOrders(symbol)).toEqual([]);
    expect(await exchange.cancel(symbol, 'resting')).toEqual({ outcome: 'not_open' });
  });
});
