import { describe, expect, it, vi } from 'vitest';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { MarketCapabilities, StreamMessage } from '../../../src/core/ports/exchange.ts';
import { approve } from './approve.ts';
import type { MarketHarness } from './exchange-harness.ts';
import { acknowledged } from './outcomes.ts';

const BEGINNING = epochMillis(0);
const until = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 5 });
const oneMinute = timeframe('1m');

async function listen(harness: MarketHarness, feeds: readonly (readonly [string, string])[]) {
  const messages: StreamMessage[] = [];
  const stream = await harness.exchange.stream(
    { feeds: feeds.map(([symbol, tf]) => ({ symbol, timeframe: timeframe(tf) })) },
    (message) => messages.push(message),
  );
  return { messages, stream };
}

/** Transfers, several markets on one account, and what the exchange says it can do. */
export function accountSpecs(open: () => Promise<MarketHarness>, expected: MarketCapabilities): void {
  it('K1 says what it can do, and every word of it is proved by a spec of this contract', async () => {
    await using harness = await open();
    expect(await harness.exchange.capabilities(harness.symbol)).toEqual(expected);
    await expect(harness.exchange.capabilities('NO/SUCH')).rejects.toMatchObject({ code: 'EXCHANGE_REFUSED' });
  });

  describe('transfers', () => {
    it('T1 lists what came and what went, once each, oldest first, and trading not among it', async () => {
      await using harness = await open();
      const { exchange, symbol } = harness;
      await harness.transfer('USDT', '250.5');
      await harness.step(1);
      acknowledged(await exchange.submit(approve(symbol, 't1', 'buy', '0.01')));
      await harness.transfer('USDT', '-100.25');
      const transfers = await exchange.transfersSince(BEGINNING);
      expect(transfers.map(({ asset, amount }) => [asset, amount.toFixed()])).toEqual([
        ['USDT', '250.5'],
        ['USDT', '-100.25'],
      ]);
      expect(new Set(transfers.map(({ id }) => id)).size).toBe(2);
      expect(await exchange.transfersSince(BEGINNING)).toEqual(transfers);
    });

    it('T2 changes the balance by exactly its amount', async () => {
      await using harness = await open();
      await harness.transfer('USDT', '0.01');
      await harness.transfer('ETH', '1.5');
      const balances = await harness.exchange.balances();
      expect(balances.get('USDT')?.free.toFixed()).toBe('10000.01');
      expect(balances.get('ETH')?.free.toFixed()).toBe('1.5');
    });

    it('T3 lists none from before the time asked for', async () => {
      await using harness = await open();
      await harness.transfer('USDT', '1');
      const [first] = await harness.exchange.transfersSince(BEGINNING);
      const after = epochMillis((first?.at ?? 0) + 1);
      await harness.step(2);
      await harness.transfer('USDT', '2');
      const later = await harness.exchange.transfersSince(after);
      expect(later.map(({ amount }) => amount.toFixed())).toEqual(['2']);
    });

    it('T4 is told on the stream as it comes, with its amount', async () => {
      await using harness = await open();
      const { messages } = await listen(harness, [[harness.symbol, '1m']]);
      await harness.transfer('USDT', '250.5');
      await until(() => expect(messages.some((message) => message.kind === 'balance-change')).toBe(true));
      const changes = messages.flatMap((message) =>
        message.kind === 'balance-change' ? [[message.asset, message.change.toFixed()]] : [],
      );
      expect(changes).toEqual([['USDT', '250.5']]);
    });
  });

  describe('several markets', () => {
    it('M1 streams every market and timeframe asked for, each under its own name, and no other', async () => {
      await using harness = await open();
      const { symbol, otherSymbol } = harness;
      const { messages } = await listen(harness, [
        [symbol, '1m'],
        [symbol, '5m'],
        [otherSymbol, '1m'],
      ]);
      await harness.step(10);
      const closed = (of: string, tf: string) =>
        messages.flatMap((message) =>
          message.kind === 'candle' && message.closed && message.symbol === of && message.timeframe === tf
            ? [message]
            : [],
        );
      await until(() => {
        expect(closed(symbol, '1m')).toHaveLength(10);
        expect(closed(otherSymbol, '1m')).toHaveLength(10);
        expect(closed(symbol, '5m')).toHaveLength(2);
      });
      expect(closed(otherSymbol, '5m')).toEqual([]);
      for (const [of, tf, limit] of [
        [symbol, '1m', 10],
        [symbol, '5m', 2],
        [otherSymbol, '1m', 10],
      ] as const) {
        const read = await harness.exchange.candles({ symbol: of, timeframe: timeframe(tf), limit });
        expect(closed(of, tf).map(({ candle }) => candle)).toEqual(read);
      }
      for (const of of [symbol, otherSymbol]) {
        expect(messages.some((message) => message.kind === 'book-top' && message.symbol === of)).toBe(true);
      }
    });

    it('M2 keeps the orders and fills of markets apart', async () => {
      await using harness = await open();
      const { exchange, symbol, otherSymbol } = harness;
      acknowledged(await exchange.submit(approve(symbol, 'here', 'buy', '0.01')));
      acknowledged(await exchange.submit(approve(otherSymbol, 'there', 'buy', '0.1')));
      for (const [of, id] of [
        [symbol, 'here'],
        [otherSymbol, 'there'],
      ] as const) {
        const orders = await exchange.ordersSince(of, BEGINNING);
        expect(orders.map((order) => [order.symbol, order.clientOrderId])).toEqual([[of, id]]);
        const fills = await exchange.fillsSince(of, BEGINNING);
        expect(new Set(fills.map((fill) => fill.exchangeOrderId))).toEqual(new Set([orders[0]?.exchangeOrderId]));
        expect(fills.every((fill) => fill.symbol === of)).toBe(true);
      }
      expect(await exchange.order(otherSymbol, 'here')).toBeUndefined();
    });

    it('M3 draws on one balance of the quote currency', async () => {
      await using harness = await open();
      const { exchange, symbol, otherSymbol } = harness;
      const both = [
        ...acknowledged(await exchange.submit(approve(symbol, 'here', 'buy', '0.01'))).fills,
        ...acknowledged(await exchange.submit(approve(otherSymbol, 'there', 'buy', '0.1'))).fills,
      ];
      const cost = both.map((fill) => fill.price.times(fill.quantity)).reduce((sum, each) => sum.plus(each));
      const free = (await exchange.balances()).get('USDT')?.free;
      expect(free?.plus(cost).toFixed()).toBe('10000');
    });

    it('M4 takes the rules of each market from itself', async () => {
      await using harness = await open();
      const { exchange, symbol, otherSymbol } = harness;
      const rules = await Promise.all([symbol, otherSymbol].map((each) => exchange.rules(each)));
      expect(rules.map((each) => each.symbol)).toEqual([symbol, otherSymbol]);
      const candles = await Promise.all(
        [symbol, otherSymbol].map((each) => exchange.candles({ symbol: each, timeframe: oneMinute, limit: 3 })),
      );
      expect(candles[0]?.map(({ openTime }) => openTime)).toEqual(candles[1]?.map(({ openTime }) => openTime));
      expect(candles[0]).not.toEqual(candles[1]);
    });
  });
}
