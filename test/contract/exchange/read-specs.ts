import { describe, expect, it } from 'vitest';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { approve } from './approve.ts';
import type { ExchangeHarness } from './exchange-harness.ts';

const MINUTE = 60_000;
const oneMinute = timeframe('1m');

export function readSpecs(open: () => Promise<ExchangeHarness>): void {
  describe('reads', () => {
    it('R1 gives the rules of a market as decimals', async () => {
      await using harness = await open();
      const rules = await harness.exchange.rules(harness.symbol);
      expect(`${rules.base}/${rules.quote}`).toBe(harness.symbol);
      for (const value of [rules.priceStep, rules.quantityStep, rules.minQuantity, rules.minNotional, rules.takerFee]) {
        expect(value.gt(0)).toBe(true);
      }
    });

    it("R2 tells the exchange's wall time, not the market's", async () => {
      await using harness = await open();
      expect(Math.abs((await harness.exchange.serverTime()) - Date.now())).toBeLessThan(1_000);
    });

    it('R3 refuses a symbol and a timeframe that are not there', async () => {
      await using harness = await open();
      await expect(harness.exchange.rules('NO/SUCH')).rejects.toMatchObject({ code: 'EXCHANGE_REFUSED' });
      const request = { symbol: harness.symbol, timeframe: timeframe('7m'), limit: 10 };
      await expect(harness.exchange.candles(request)).rejects.toMatchObject({ code: 'EXCHANGE_REFUSED' });
    });

    it('R4 gives the newest closed bars, and the open one only when it has closed', async () => {
      await using harness = await open();
      const request = { symbol: harness.symbol, timeframe: oneMinute, limit: 3 };
      const before = await harness.exchange.candles(request);
      expect(before).toHaveLength(3);
      expect((before[2]?.openTime ?? 0) + MINUTE).toBe(await harness.marketTime());
      await harness.step(1);
      const after = await harness.exchange.candles(request);
      expect(after.map((candle) => candle.openTime)).toEqual(before.map((candle) => candle.openTime + MINUTE));
      expect(after.slice(0, 2)).toEqual(before.slice(1));
    });

    it('R5 pages through more bars than one answer holds, oldest first, from exactly the time asked for', async () => {
      await using harness = await open();
      const since = epochMillis((await harness.marketTime()) - 1_500 * MINUTE);
      const candles = await harness.exchange.candles({
        symbol: harness.symbol,
        timeframe: oneMinute,
        since,
        limit: 5_000,
      });
      expect(candles).toHaveLength(1_500);
      expect(candles.map((candle) => candle.openTime)).toEqual(
        Array.from({ length: 1_500 }, (_, i) => since + i * MINUTE),
      );
      const newest = await harness.exchange.candles({ symbol: harness.symbol, timeframe: oneMinute, limit: 1_500 });
      expect(newest).toEqual(candles);
    });

    it('R6 gives balances, free and locked', async () => {
      await using harness = await open();
      await harness.placeLimit({ clientOrderId: 'resting', side: 'buy', price: '40000.00', quantity: '0.01000' });
      const usdt = (await harness.exchange.balances()).get('USDT');
      expect([usdt?.free.toFixed(), usdt?.locked.toFixed()]).toEqual(['9600', '400']);
    });

    it('R7 refuses a wrong key, saying so', async () => {
      await using harness = await open();
      await expect(harness.withWrongKey().balances()).rejects.toMatchObject({ code: 'EXCHANGE_REFUSED' });
    });

    it('R8 lists open orders, and any order by its client id', async () => {
      await using harness = await open();
      await harness.placeLimit({ clientOrderId: 'resting', side: 'buy', price: '40000.00', quantity: '0.01000' });
      const [order, ...others] = await harness.exchange.openOrders(harness.symbol);
      expect(others).toEqual([]);
      expect(order).toMatchObject({ clientOrderId: 'resting', side: 'buy', status: 'new' });
      expect(order?.quantity.toFixed()).toBe('0.01');
      expect(await harness.exchange.order(harness.symbol, 'resting')).toEqual(order);
    });

    it('R9 knows the difference between an order that does not exist and no answer', async () => {
      await using harness = await open();
      expect(await harness.exchange.order(harness.symbol, 'never-sent')).toBeUndefined();
      await harness.fault({ kind: 'status', of: 'reads', status: 503, times: 50 });
      await expect(harness.exchange.order(harness.symbol, 'never-sent')).rejects.toMatchObject({
        code: 'EXCHANGE_UNAVAILABLE',
        data: { status: 503 },
      });
    });

    it('R10 lists all orders and own trades since then, oldest first, finished ones included', async () => {
      await using harness = await open();
      const { exchange, symbol } = harness;
      await exchange.submit(approve(symbol, 'first', 'buy', '0.01'));
      await harness.step(2);
      const since = epochMillis(await harness.marketTime());
      await exchange.submit(approve(symbol, 'second', 'buy', '0.01'));
      await harness.step(1);
      await exchange.submit(approve(symbol, 'third', 'sell', '0.015'));
      const all = await exchange.ordersSince(symbol, epochMillis(0));
      expect(all.map((order) => [order.clientOrderId, order.status])).toEqual([
        ['first', 'filled'],
        ['second', 'filled'],
        ['third', 'filled'],
      ]);
      expect((await exchange.ordersSince(symbol, since)).map((order) => order.clientOrderId)).toEqual([
        'second',
        'third',
      ]);
      const fills = await exchange.fillsSince(symbol, since);
      const orderIds = new Set(fills.map((fill) => fill.exchangeOrderId));
      expect([...orderIds]).toEqual(all.slice(1).map((order) => order.exchangeOrderId));
      expect(fills.map((fill) => fill.executedAt)).toEqual(
        [...fills.map((fill) => fill.executedAt)].sort((a, b) => a - b),
      );
    });

    it.each([
      ['R11 an overloaded exchange', { kind: 'status', of: 'reads', status: 503, times: 2 }],
      ['R12 no answer', { kind: 'silence', of: 'reads', hangUp: false, times: 2 }],
      ['R13 dropped connections', { kind: 'silence', of: 'reads', hangUp: true, times: 2 }],
      ['R14 a rate limit', { kind: 'status', of: 'reads', status: 429, retryAfterSeconds: 1, times: 1 }],
    ] as const)('%s is survived by every read', async (_, fault) => {
      await using harness = await open();
      await harness.exchange.rules(harness.symbol);
      await harness.fault(fault);
      expect((await harness.exchange.balances()).get('USDT')?.free.toFixed()).toBe('10000');
    });

    it('R15 stops at a ban, saying how long it lasts, and asks nothing more meanwhile', async () => {
      await using harness = await open();
      await harness.exchange.rules(harness.symbol);
      await harness.fault({ kind: 'status', of: 'reads', status: 418, retryAfterSeconds: 60, times: 1 });
      await expect(harness.exchange.balances()).rejects.toMatchObject({
        code: 'EXCHANGE_UNAVAILABLE',
        data: { status: 418, retryAfterMs: 60_000 },
      });
      await expect(harness.exchange.balances()).rejects.toMatchObject({
        code: 'EXCHANGE_UNAVAILABLE',
        data: { because: 'held' },
      });
    });
  });
}
