import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Fill, OrderReport, OrderStatus } from '../../../src/core/ports/exchange.ts';
import { decimal, price, quantity } from '../../../src/core/trading/money.ts';
import {
  isFinal,
  type OrderState,
  orderTransitions,
  stateOfStatus,
  transitionOrder,
} from '../../../src/core/trading/order-lifecycle.ts';
import {
  applyFills,
  applyReport,
  averagePrice,
  isSettled,
  type OwnOrder,
  ownOrderToJson,
  parseOwnOrder,
} from '../../../src/core/trading/own-order.ts';

const order: OwnOrder = {
  clientOrderId: 'ar-1',
  exchangeOrderId: null,
  symbol: 'BTC/USDT',
  side: 'buy',
  leg: 'entry',
  type: 'limit',
  quantity: quantity('3'),
  limitPrice: price('101.5'),
  stopPrice: null,
  pairId: null,
  barClose: epochMillis(60_000),
  modelHash: null,
  state: 'intent',
  filled: quantity('0'),
  fills: new Map(),
  updatedAt: epochMillis(60_000),
  reason: null,
};
const fill = (tradeId: string, amount: string, at = '100'): Fill => ({
  symbol: 'BTC/USDT',
  tradeId,
  exchangeOrderId: '77',
  side: 'buy',
  price: price(at),
  quantity: quantity(amount),
  fee: decimal('0'),
  feeAsset: 'BTC',
  executedAt: epochMillis(61_000),
});
const report = (status: OrderStatus, filled: string, at = 61_000): OrderReport => ({
  symbol: 'BTC/USDT',
  clientOrderId: 'ar-1',
  exchangeOrderId: '77',
  side: 'buy',
  status,
  quantity: quantity('3'),
  filled: quantity(filled),
  updatedAt: epochMillis(at),
});

describe('the order state machine', () => {
  it('refuses every transition its table does not name, and says which are legal', () => {
    for (const [from, legal] of Object.entries(orderTransitions) as [OrderState, readonly OrderState[]][]) {
      for (const to of Object.keys(orderTransitions) as OrderState[]) {
        if (from === to || legal.includes(to)) expect(transitionOrder(from, to)).toBe(to);
        else expect(() => transitionOrder(from, to)).toThrow(`an order that is ${from} must become`);
      }
    }
  });

  it('never leaves an end', () => {
    expect((Object.keys(orderTransitions) as OrderState[]).filter(isFinal)).toEqual([
      'filled',
      'cancelled',
      'expired',
      'rejected',
    ]);
  });
});

describe('an own order', () => {
  it('ends the same however often and in whichever order it hears of fills and reports', () => {
    type Step = (current: OwnOrder) => OwnOrder;
    const fills = [fill('1', '1', '100'), fill('2', '1.5', '101'), fill('3', '0.5', '102')];
    const steps: Step[] = [
      (current) => applyReport(current, report('new', '0')),
      ...fills.map(
        (one): Step =>
          (current) =>
            applyFills(current, [one]),
      ),
      (current) => applyReport(current, report('partially_filled', '1')),
      (current) => applyReport(current, report('filled', '3', 62_000)),
    ];
    const everyStepTwice = fc.shuffledSubarray([...steps, ...steps], { minLength: steps.length * 2 });
    fc.assert(
      fc.property(everyStepTwice, (sequence) => {
        const end = sequence.reduce((current, step) => step(current), order);
        expect(end.state).toBe('filled');
        expect(end.filled.toFixed()).toBe('3');
        expect(end.fills.size).toBe(3);
        expect(isSettled(end)).toBe(true);
        expect(averagePrice(end)?.toFixed()).toBe('100.833333333333');
        expect(end.exchangeOrderId).toBe('77');
      }),
    );
  });

  it('is not settled while fills the exchange has counted are missing', () => {
    const ended = applyReport(order, report('filled', '3'));
    expect(isSettled(ended)).toBe(false);
    expect(isSettled(applyFills(ended, [fill('1', '3')]))).toBe(true);
  });

  it('is settled when it expired with what it got', () => {
    expect(isSettled(applyReport(applyFills(order, [fill('1', '1')]), report('expired', '1')))).toBe(true);
    expect(isSettled(applyReport(order, report('cancelled', '0')))).toBe(true);
    expect(averagePrice(applyReport(order, report('cancelled', '0')))).toBeUndefined();
  });

  it('keeps its exchange id when a fill names it again', () => {
    const known = applyReport(order, report('new', '0'));
    expect(applyFills(known, [{ ...fill('9', '1'), exchangeOrderId: 'other' }]).exchangeOrderId).toBe('77');
  });

  it.each(['intent', 'unknown', 'acknowledged'] as const)(
    'that is %s is partially filled by its first fill',
    (state) => {
      expect(applyFills({ ...order, state }, [fill('1', '1')])).toMatchObject({ state: 'partially_filled' });
    },
  );

  it.each(['filled', 'cancelled', 'expired'] as const)('that is %s stays so when a fill comes late', (state) => {
    expect(applyFills({ ...order, state }, [fill('1', '1')])).toMatchObject({ state });
  });

  it('keeps the first account of a fill, and is the same order when there is nothing new', () => {
    const once = applyFills(order, [fill('1', '1', '100')]);
    expect(applyFills(once, [fill('1', '1', '999')])).toBe(once);
    const twice = applyFills(once, [fill('1', '1', '999'), fill('2', '1', '101')]);
    expect(twice.fills.get('1')?.price.toFixed()).toBe('100');
    expect(once.fills.size).toBe(1);
  });

  it('was last changed when the newest of its news says', () => {
    const known = applyReport(order, report('new', '0', 65_000));
    expect(known.updatedAt).toBe(65_000);
    expect(applyReport(known, report('new', '0', 61_000)).updatedAt).toBe(65_000);
    expect(applyFills(known, [fill('1', '1')]).updatedAt).toBe(65_000);
    const late = { ...fill('2', '1'), executedAt: epochMillis(70_000) };
    expect(applyFills(known, [late, fill('1', '1')]).updatedAt).toBe(70_000);
  });

  it('is not set back by a report that is behind', () => {
    const ahead = applyReport(order, report('partially_filled', '2'));
    expect(applyReport(ahead, report('new', '0'))).toMatchObject({ state: 'partially_filled' });
    expect(applyReport(ahead, report('partially_filled', '1')).filled.toFixed()).toBe('2');
  });

  it('comes back from the ledger as it went in', () => {
    const stored = ownOrderToJson(applyReport(order, report('partially_filled', '1')));
    expect(ownOrderToJson(parseOwnOrder(stored))).toEqual(stored);
  });

  it.each(['new', 'partially_filled', 'filled', 'cancelled', 'expired', 'rejected'] as const)(
    'has a state for the status %s',
    (status) => {
      expect(orderTransitions[stateOfStatus(status)]).toBeDefined();
    },
  );
});

describe('an order stored before orders had legs', () => {
  const { leg, ...before } = ownOrderToJson(order);

  it.each([
    ['ar-00000000-1-x0-1', 'buy', 'exit'],
    ['of-somebody', 'buy', 'entry'],
    ['of-somebody', 'sell', 'exit'],
  ])('%s, a %s, is an %s', (clientOrderId, side, expected) => {
    expect(parseOwnOrder({ ...before, clientOrderId, side }).leg).toBe(expected);
    expect(leg).toBe('entry');
  });
});
