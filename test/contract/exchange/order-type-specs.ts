import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Exchange } from '../../../src/core/ports/exchange.ts';
import { decimal, quantity } from '../../../src/core/trading/money.ts';
import { approve } from './approve.ts';
import type { MarketHarness } from './exchange-harness.ts';
import { awayFromTop, cents, playUntil } from './market-moves.ts';
import { acknowledged, totalOf } from './outcomes.ts';

const BEGINNING = epochMillis(0);

/** Order types, times in force, ids. */
export function orderTypeSpecs(
  open: () => Promise<MarketHarness>,
  transports: readonly (readonly [string, (harness: MarketHarness) => Exchange])[],
): void {
  describe.each(transports)('order types %s', (_, transport) => {
    it('O15 a limit away from the market rests, and locks what it may cost', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      const limitPrice = await awayFromTop(harness, -0.1);
      const { report, fills } = acknowledged(
        await exchange.submit(approve(harness.symbol, 'o15', 'buy', '0.01', { type: 'limit', limitPrice })),
      );
      expect(report).toMatchObject({ clientOrderId: 'o15', status: 'new' });
      expect(fills).toEqual([]);
      expect(await exchange.openOrders(harness.symbol)).toMatchObject([{ clientOrderId: 'o15', status: 'new' }]);
      const usdt = (await exchange.balances()).get('USDT');
      expect(usdt?.locked.toFixed()).toBe(limitPrice.times('0.01').toFixed());
      expect(usdt?.free.plus(usdt.locked).toFixed()).toBe('10000');
    });

    it('O16 a limit that meets the market fills at once, never beyond its price', async () => {
      await using harness = await open();
      const limitPrice = await awayFromTop(harness, 0.002);
      const { report, fills } = acknowledged(
        await transport(harness).submit(approve(harness.symbol, 'o16', 'buy', '0.01', { type: 'limit', limitPrice })),
      );
      expect(report.status).toBe('filled');
      expect(totalOf(fills).toFixed()).toBe('0.01');
      expect(fills.every((fill) => fill.price.lte(limitPrice))).toBe(true);
    });

    it('O17 what an ioc cannot fill at once expires, and nothing rests', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      const { symbol } = harness;
      const below = await awayFromTop(harness, -0.01);
      const none = acknowledged(
        await exchange.submit(
          approve(symbol, 'none', 'buy', '0.01', { type: 'limit', limitPrice: below, timeInForce: 'ioc' }),
        ),
      );
      expect(none.report.status).toBe('expired');
      expect(none.report.filled.toFixed()).toBe('0');
      const { ask } = await harness.top(symbol);
      const part = acknowledged(
        await exchange.submit(
          approve(symbol, 'part', 'buy', '0.2', { type: 'limit', limitPrice: ask, timeInForce: 'ioc' }),
        ),
      );
      expect(part.report.status).toBe('expired');
      expect(part.report.filled.gt(0) && part.report.filled.lt('0.2')).toBe(true);
      expect(totalOf(part.fills).toFixed()).toBe(part.report.filled.toFixed());
      expect(await exchange.openOrders(symbol)).toEqual([]);
      expect((await exchange.balances()).get('USDT')?.locked.toFixed()).toBe('0');
    });

    it('O18 a fok fills whole or not at all', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      const { symbol } = harness;
      const { ask } = await harness.top(symbol);
      const fok = (id: string, amount: string) =>
        approve(symbol, id, 'buy', amount, { type: 'limit', limitPrice: ask, timeInForce: 'fok' });
      const none = acknowledged(await exchange.submit(fok('none', '0.2')));
      expect(none.report.status).toBe('expired');
      expect(none.report.filled.toFixed()).toBe('0');
      const whole = acknowledged(await exchange.submit(fok('whole', '0.001')));
      expect(whole.report.status).toBe('filled');
      expect(await exchange.openOrders(symbol)).toEqual([]);
    });

    it('O19 a post_only rests, and is certainly rejected where it would take', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      const { symbol } = harness;
      const postOnly = async (id: string, fraction: number) =>
        approve(symbol, id, 'buy', '0.01', { type: 'post_only', limitPrice: await awayFromTop(harness, fraction) });
      expect(await exchange.submit(await postOnly('takes', 0.001))).toMatchObject({ outcome: 'rejected' });
      expect(await harness.orderIds()).toEqual([]);
      const { report } = acknowledged(await exchange.submit(await postOnly('rests', -0.001)));
      expect(report.status).toBe('new');
      expect(await exchange.openOrders(symbol)).toMatchObject([{ clientOrderId: 'rests' }]);
    });

    it('O20 a stop rests, locks what it sells, and sells when the market falls to it', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      const { symbol } = harness;
      const { reached, bars } = await playUntil(harness, 'fall', 0.003);
      const bought = acknowledged(await exchange.submit(approve(symbol, 'buy', 'buy', '0.02')));
      const amount = quantity('0.019');
      const { report } = acknowledged(
        await exchange.submit(approve(symbol, 'o20', 'sell', amount, { type: 'stop', stopPrice: reached })),
      );
      expect(report.status).toBe('new');
      expect((await exchange.balances()).get('BTC')?.locked.toFixed()).toBe('0.019');
      expect(await exchange.order(symbol, 'o20')).toMatchObject({ status: 'new' });
      await harness.step(bars);
      const done = await exchange.order(symbol, 'o20');
      expect(done).toMatchObject({ status: 'filled' });
      const fills = (await exchange.fillsSince(symbol, BEGINNING)).filter(
        (fill) => fill.exchangeOrderId === report.exchangeOrderId,
      );
      expect(totalOf(fills).toFixed()).toBe('0.019');
      expect(fills.every((fill) => fill.price.lte(reached.times('1.001')))).toBe(true);
      expect(bought.report.exchangeOrderId).not.toBe(report.exchangeOrderId);
    });

    it('O21 a stop that the market is beyond already is certainly rejected', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      acknowledged(await exchange.submit(approve(harness.symbol, 'buy', 'buy', '0.02')));
      const stopPrice = await awayFromTop(harness, 0.01);
      const order = approve(harness.symbol, 'o21', 'sell', '0.019', { type: 'stop', stopPrice });
      expect(await exchange.submit(order)).toMatchObject({ outcome: 'rejected' });
      expect(await harness.orderIds()).toEqual(['buy']);
    });

    it('O22 a resting limit fills when the market comes to it, at its price, in as many parts as it takes', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      const { symbol } = harness;
      const { reached, bars } = await playUntil(harness, 'fall', 0.003);
      const order = approve(symbol, 'o22', 'buy', '0.05', { type: 'limit', limitPrice: reached });
      const { report } = acknowledged(await exchange.submit(order));
      expect(report.status).toBe('new');
      await harness.step(bars);
      const after = await exchange.order(symbol, 'o22');
      expect(after?.filled.gt(0)).toBe(true);
      const fills = await exchange.fillsSince(symbol, BEGINNING);
      expect(totalOf(fills).toFixed()).toBe(after?.filled.toFixed());
      expect(fills.every((fill) => fill.price.lte(reached))).toBe(true);
      expect(after?.status).toBe(after?.filled.eq('0.05') ? 'filled' : 'partially_filled');
    });

    it('O23 an id of an open order is not taken twice', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      const limitPrice = await awayFromTop(harness, -0.1);
      const order = approve(harness.symbol, 'o23', 'buy', '0.01', { type: 'limit', limitPrice });
      acknowledged(await exchange.submit(order));
      expect((await exchange.submit(order)).outcome).not.toBe('acknowledged');
      expect(await harness.orderIds()).toEqual(['o23']);
    });

    it('O24 where ids are unique among open orders only, one sent again after a fill makes a second order, and both are seen', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      const { symbol } = harness;
      expect((await exchange.capabilities(symbol)).reusesClientOrderIds).toBe(true);
      const first = acknowledged(await exchange.submit(approve(symbol, 'o24', 'buy', '0.01')));
      const second = acknowledged(await exchange.submit(approve(symbol, 'o24', 'buy', '0.02')));
      expect(second.report.exchangeOrderId).not.toBe(first.report.exchangeOrderId);
      const orders = await exchange.ordersSince(symbol, BEGINNING);
      expect(
        orders.map(({ clientOrderId, exchangeOrderId, quantity: amount }) => [
          clientOrderId,
          exchangeOrderId,
          amount.toFixed(),
        ]),
      ).toEqual([
        ['o24', first.report.exchangeOrderId, '0.01'],
        ['o24', second.report.exchangeOrderId, '0.02'],
      ]);
      expect(await exchange.order(symbol, 'o24')).toMatchObject({ exchangeOrderId: second.report.exchangeOrderId });
    });

    it('O25 an order cancelled after a part of it was filled says how much that was', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      const { symbol } = harness;
      const { ask } = await harness.top(symbol);
      const { report } = acknowledged(
        await exchange.submit(approve(symbol, 'o25', 'buy', '0.2', { type: 'limit', limitPrice: ask })),
      );
      expect(report.status).toBe('partially_filled');
      const cancel = await exchange.cancel(symbol, 'o25');
      expect(cancel).toMatchObject({ outcome: 'cancelled', report: { clientOrderId: 'o25', status: 'cancelled' } });
      if (cancel.outcome === 'cancelled') expect(cancel.report.filled.toFixed()).toBe(report.filled.toFixed());
      const [order] = await exchange.ordersSince(symbol, BEGINNING);
      expect(order).toMatchObject({ clientOrderId: 'o25', status: 'cancelled' });
      expect(order?.filled.toFixed()).toBe(report.filled.toFixed());
      expect(await exchange.order(symbol, 'o25')).toEqual(order);
      expect((await exchange.balances()).get('USDT')?.locked.toFixed()).toBe('0');
    });

    it('O26 a cancel that comes after the fill says that nothing is open, and the order that it was filled', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      const { symbol } = harness;
      const { reached, bars } = await playUntil(harness, 'fall', 0.003);
      const order = approve(symbol, 'o26', 'buy', '0.001', { type: 'limit', limitPrice: reached });
      acknowledged(await exchange.submit(order));
      await harness.step(bars);
      expect(await exchange.cancel(symbol, 'o26')).toEqual({ outcome: 'not_open' });
      expect(await exchange.order(symbol, 'o26')).toMatchObject({ status: 'filled' });
    });

    it('O27 a stop is cancelled like any other order, and what it locked is free', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      const { symbol } = harness;
      acknowledged(await exchange.submit(approve(symbol, 'buy', 'buy', '0.02')));
      const stopPrice = await awayFromTop(harness, -0.05);
      acknowledged(await exchange.submit(approve(symbol, 'o27', 'sell', '0.019', { type: 'stop', stopPrice })));
      expect(await exchange.cancel(symbol, 'o27')).toMatchObject({ outcome: 'cancelled' });
      expect((await exchange.balances()).get('BTC')?.locked.toFixed()).toBe('0');
      expect(await exchange.cancel(symbol, 'o27')).toEqual({ outcome: 'not_open' });
    });

    it.each([
      ['O28 a limit off the price step', { type: 'limit', limitPrice: cents(40_000).plus('0.001') }],
      ['O29 a stop off the price step', { type: 'stop', stopPrice: cents(40_000).plus('0.001') }],
    ])('%s is certainly rejected', async (_, more) => {
      await using harness = await open();
      const exchange = transport(harness);
      acknowledged(await exchange.submit(approve(harness.symbol, 'buy', 'buy', '0.02')));
      const order = approve(harness.symbol, 'off', 'sell', decimal('0.019'), more as object);
      expect(await exchange.submit(order)).toMatchObject({ outcome: 'rejected' });
      expect(await harness.orderIds()).toEqual(['buy']);
    });
  });
}
