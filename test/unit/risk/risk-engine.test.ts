import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { ProposedOrder } from '../../../src/core/risk/approved-order.ts';
import { checkRisk, type RiskContext } from '../../../src/core/risk/risk-engine.ts';
import { decimal, price, quantity, ZERO } from '../../../src/core/trading/money.ts';
import { BAR, type CaseName, context, entries, limits, names, propose, ruleOf, sales, verdict } from './risk-case.ts';

const book = (bid: string, ask: string): Partial<RiskContext> => ({ book: { bid: price(bid), ask: price(ask) } });
const of = (amount: string): Partial<ProposedOrder> => ({ quantity: quantity(amount) });
const flat = { held: ZERO };

describe('the risk engine', () => {
  it.each(names)('lets an order within every limit through, and hands back that very order: %s', (name) => {
    const { order, context } = propose(name);
    expect(checkRisk(order, limits, context)).toEqual({ outcome: 'approved', order });
  });

  describe('of every leg', () => {
    it.each(names)('sends nothing while HALTED: %s', (name) => {
      expect(ruleOf(name, {}, { mode: 'HALTED' })).toBe('halted');
    });
    it.each(names)('sends an id once: %s', (name) => {
      expect(ruleOf(name, {}, { alreadySent: true })).toBe('duplicate');
      const open = { clientOrderId: 'id', leg: 'pair', barClose: epochMillis(0) } as const;
      expect(ruleOf(name, {}, { openOrders: [open] })).toBe('duplicate');
      expect(ruleOf(name, {}, { openOrders: [{ ...open, clientOrderId: 'other' }] })).toBe('approved');
    });
    it.each(names)('refuses the order after the last that a second may have: %s', (name) => {
      expect(ruleOf(name, {}, { ordersLastSecond: 4 })).toBe('approved');
      expect(ruleOf(name, {}, { ordersLastSecond: 5 })).toBe('order-burst');
      expect(ruleOf(name, {}, { ordersLastSecond: Number.NaN })).toBe('order-burst');
    });
    it.each(names)('takes whole steps from the smallest to the largest quantity: %s', (name) => {
      const roomy = { held: decimal('60') };
      const cheap = {
        maxOrderNotional: decimal('9999'),
        maxPositionNotional: decimal('99999'),
        maxGrossNotional: decimal('99999'),
      };
      const size = (amount: string, rules = {}) =>
        verdict(
          propose(name, of(amount), { ...roomy, rules: { ...context.rules, minNotional: ZERO, ...rules } }),
          cheap,
        );
      expect(size('0.001')).toBe('approved');
      expect(size('0.0009')).toBe('order-size');
      expect(size('50')).toBe('approved');
      expect(size('50.0001')).toBe('order-size');
      expect(size('1.00005')).toBe('order-size');
      expect(size('0', { minQuantity: ZERO })).toBe('order-size');
      expect(size('-1', { minQuantity: decimal('-2') })).toBe('order-size');
      expect(size('1.5', { quantityStep: decimal('0.5') })).toBe('approved');
      expect(size('1.6', { quantityStep: decimal('0.5') })).toBe('order-size');
      expect(size('10', { quantityStep: decimal('10') })).toBe('approved');
      expect(size('15', { quantityStep: decimal('10') })).toBe('order-size');
    });
    it('takes any quantity where the exchange names no largest', () => {
      const { maxQuantity: _none, ...rules } = context.rules;
      expect(ruleOf('exit', of('60'), { held: decimal('60'), rules })).toBe('approved');
    });
    it.each<[CaseName, Partial<ProposedOrder>]>([
      ['entry', { side: 'sell' }],
      ['exit', { side: 'buy' }],
      ['exit', { type: 'stop', stopPrice: price('90') }],
      ['stopLoss', { type: 'limit', limitPrice: price('90') }],
      ['takeProfit', { type: 'stop', stopPrice: price('90') }],
      ['limitEntry', { type: 'market' }],
      ['entry', { type: 'limit' }],
      ['entry', { type: 'post_only' }],
      ['stopLoss', { limitPrice: price('90') }],
      ['entry', { stopPrice: price('90') }],
      ['entry', { type: 'stop' }],
      ['postOnlyEntry', { timeInForce: 'ioc' }],
      ['exit', { timeInForce: 'fok' }],
      ['entry', { referencePrice: price('0') }],
      ['exit', { referencePrice: price('-1') }],
      ['limitEntry', { limitPrice: price('99.905') }],
      ['limitExit', { limitPrice: price('0') }],
      ['stopLoss', { stopPrice: price('90.001') }],
      ['stopLoss', { stopPrice: price('-90') }],
    ])('refuses what the exchange might read as another order: %s with %o', (name, order) => {
      expect(ruleOf(name, order)).toBe('malformed');
    });
    it('knows no order whose leg is a pair', () => {
      const { order, context } = propose('entry');
      expect(verdict({ order, context: { ...context, leg: 'pair' } })).toBe('malformed');
    });
    it('takes a time in force of a limit, and the usual one of any', () => {
      for (const timeInForce of ['gtc', 'ioc', 'fok'] as const)
        expect(ruleOf('limitEntry', { timeInForce })).toBe('approved');
      expect(ruleOf('entry', { timeInForce: 'gtc' })).toBe('approved');
    });
  });

  describe('of what lets the position grow', () => {
    const refused = (name: CaseName, changes: Partial<RiskContext>) => ruleOf(name, {}, changes);

    it.each(entries)('sends nothing while REDUCING: %s', (name) => {
      expect(refused(name, { mode: 'REDUCING' })).toBe('reducing');
    });
    it.each(entries)('refuses data and a book older than the limit, each by its own age: %s', (name) => {
      expect(refused(name, { dataAgeMs: 5_000, bookAgeMs: 5_000 })).toBe('approved');
      expect(refused(name, { dataAgeMs: 5_000.1 })).toBe('stale-data');
      expect(refused(name, { dataAgeMs: Number.NaN })).toBe('stale-data');
      expect(refused(name, { bookAgeMs: 5_000.1 })).toBe('stale-book');
      expect(refused(name, { bookAgeMs: Number.NaN })).toBe('stale-book');
    });
    it.each(entries)('refuses a clock that is off by more than the limit, either way: %s', (name) => {
      expect(refused(name, { clockSkewMs: 1_000 })).toBe('approved');
      expect(refused(name, { clockSkewMs: -1_000 })).toBe('approved');
      expect(refused(name, { clockSkewMs: 1_001 })).toBe('clock-skew');
      expect(refused(name, { clockSkewMs: -1_001 })).toBe('clock-skew');
      expect(refused(name, { clockSkewMs: Number.NaN })).toBe('clock-skew');
    });
    it.each(entries)('needs a book that is not crossed: %s', (name) => {
      expect(refused(name, { book: undefined })).toBe('no-book');
      expect(refused(name, book('100', '100'))).toBe('crossed-book');
      expect(refused(name, book('100.05', '99.95'))).toBe('crossed-book');
      expect(refused(name, book('99.99', '100'))).toBe('approved');
    });
    it.each(entries)('takes the widest spread itself, and nothing wider: %s', (name) => {
      expect(refused(name, book('99.9', '100.1'))).toBe('approved');
      expect(refused(name, book('99.8999', '100.1'))).toBe('spread');
    });
    it.each(entries)('takes a reference price at the collar itself, on both sides: %s', (name) => {
      const at = (referencePrice: string) => ruleOf(name, { referencePrice: price(referencePrice) }, flat);
      expect(at('101')).toBe('approved');
      expect(at('101.0001')).toBe('collar');
      expect(at('99')).toBe('approved');
      expect(at('98.9999')).toBe('collar');
    });
    it.each(['limitEntry', 'postOnlyEntry', 'stopEntry'] as const)(
      'takes its own price up to the collar, and any lower one: %s',
      (name) => {
        const at = (own: string) =>
          ruleOf(name, name === 'stopEntry' ? { stopPrice: price(own) } : { limitPrice: price(own) }, flat);
        expect(at('101')).toBe('approved');
        expect(at('101.01')).toBe('collar');
        expect(at('50')).toBe('approved');
      },
    );
    it('refuses an order worth less than the exchange takes, at its own price', () => {
      const rules = { ...context.rules, minNotional: decimal('100') };
      expect(ruleOf('entry', of('1'), { rules })).toBe('approved');
      expect(ruleOf('entry', of('0.9999'), { rules })).toBe('order-size');
      expect(ruleOf('limitEntry', of('1'), { rules })).toBe('order-size');
      expect(ruleOf('stopEntry', of('1'), { rules })).toBe('approved');
    });
    it('values it at its limit, or at the worst of reference, ask and stop', () => {
      expect(ruleOf('entry', of('9.995'), flat)).toBe('approved');
      expect(ruleOf('entry', of('9.9951'), flat)).toBe('order-notional');
      expect(ruleOf('entry', { ...of('9.95'), referencePrice: price('100.5') }, flat)).toBe('approved');
      expect(ruleOf('entry', { ...of('9.951'), referencePrice: price('100.5') }, flat)).toBe('order-notional');
      expect(ruleOf('limitEntry', { ...of('10'), limitPrice: price('100') }, flat)).toBe('approved');
      expect(ruleOf('limitEntry', { ...of('10'), limitPrice: price('100.01') }, flat)).toBe('order-notional');
      expect(ruleOf('stopEntry', { ...of('9.9'), stopPrice: price('101') }, flat)).toBe('approved');
      expect(ruleOf('stopEntry', { ...of('9.901'), stopPrice: price('101') }, flat)).toBe('order-notional');
      expect(ruleOf('stopEntry', { ...of('9.996'), stopPrice: price('50') }, flat)).toBe('order-notional');
    });
    it('counts what is held and what open entries may still buy towards the position', () => {
      const at100 = { ...book('99.99', '100') };
      expect(ruleOf('entry', of('5'), { ...at100, held: decimal('10') })).toBe('approved');
      expect(ruleOf('entry', of('5'), { ...at100, held: decimal('10.0001') })).toBe('position-notional');
      expect(ruleOf('entry', of('5'), { ...at100, held: decimal('5'), openEntries: decimal('500') })).toBe('approved');
      expect(ruleOf('entry', of('5'), { ...at100, held: decimal('5'), openEntries: decimal('500.01') })).toBe(
        'position-notional',
      );
    });
    it('counts what the other lines of the account have at stake towards the gross exposure', () => {
      const at100 = { ...book('99.99', '100'), held: decimal('5') };
      expect(ruleOf('entry', of('5'), { ...at100, grossOfOthers: decimal('1000') })).toBe('approved');
      expect(ruleOf('entry', of('5'), { ...at100, grossOfOthers: decimal('1000.01') })).toBe('gross-notional');
      expect(ruleOf('entry', of('5'), { ...at100, openEntries: decimal('1'), grossOfOthers: decimal('1000') })).toBe(
        'gross-notional',
      );
    });
    it.each(entries)('refuses the order after the last that a minute may have: %s', (name) => {
      expect(refused(name, { ordersLastMinute: 2 })).toBe('approved');
      expect(refused(name, { ordersLastMinute: 3 })).toBe('order-rate');
      expect(refused(name, { ordersLastMinute: Number.NaN })).toBe('order-rate');
    });
    it.each(entries)('refuses at the loss of the day and at the drawdown themselves: %s', (name) => {
      expect(refused(name, { equity: decimal('950.01') })).toBe('approved');
      expect(refused(name, { equity: decimal('950') })).toBe('daily-loss');
      expect(refused(name, { peakEquity: decimal('1249.99') })).toBe('approved');
      expect(refused(name, { peakEquity: decimal('1250') })).toBe('drawdown');
      expect(refused(name, { dayStartEquity: ZERO, equity: decimal('10') })).toBe('daily-loss');
      expect(refused(name, { peakEquity: ZERO })).toBe('drawdown');
    });
    it.each(entries)('enters nothing until the cool-down is over, unless the rule is off: %s', (name) => {
      const cooling = { coolDownUntil: 601_001, consecutiveLosses: 4 };
      expect(refused(name, cooling)).toBe('cool-down');
      expect(refused(name, { ...cooling, coolDownUntil: 601_000 })).toBe('approved');
      expect(verdict(propose(name, {}, cooling), { maxConsecutiveLosses: 0 })).toBe('approved');
      expect(refused(name, { coolDownUntil: Number.NaN })).toBe('cool-down');
    });
    it.each(entries)('refuses a second entry of the same bar while one is open, and none of another: %s', (name) => {
      const open = { clientOrderId: 'other', leg: 'entry', barClose: BAR } as const;
      expect(refused(name, { openOrders: [open] })).toBe('duplicate');
      expect(refused(name, { openOrders: [{ ...open, barClose: epochMillis(BAR - 60_000) }] })).toBe('approved');
      expect(refused(name, { openOrders: [{ ...open, leg: 'stop_loss' }] })).toBe('approved');
    });
  });

  describe('of what shrinks the position', () => {
    it.each(sales)('lets it through whatever exists to stop growth: %s', (name) => {
      const worst: Partial<RiskContext> = {
        mode: 'REDUCING',
        clockSkewMs: 60_000,
        bookAgeMs: 60_000,
        equity: decimal('1'),
        consecutiveLosses: 99,
        coolDownUntil: Number.MAX_SAFE_INTEGER,
        ordersLastMinute: 99,
        openEntries: decimal('99999'),
        grossOfOthers: decimal('99999'),
        ...book('60', '100.05'),
      };
      expect(ruleOf(name, {}, worst)).toBe('approved');
      const { order, context } = propose(name, {}, worst);
      const none = {
        ...limits,
        maxOrderNotional: decimal('1'),
        maxPositionNotional: decimal('1'),
        maxGrossNotional: decimal('1'),
      };
      expect(checkRisk(order, none, context).outcome).toBe('approved');
    });
    it.each(sales)('lets it follow another of its leg and bar: %s', (name) => {
      const { leg } = propose(name).context;
      const open = { clientOrderId: 'other', leg, barClose: BAR } as const;
      expect(ruleOf(name, {}, { openOrders: [open] })).toBe('approved');
    });
    it.each(sales)('sells at most what is held and does not rest for sale already: %s', (name) => {
      expect(ruleOf(name, of('5'))).toBe('approved');
      expect(ruleOf(name, of('5.0001'))).toBe('oversell');
      expect(ruleOf(name, of('3'), { restingSales: decimal('2') })).toBe('approved');
      expect(ruleOf(name, of('3.0001'), { restingSales: decimal('2') })).toBe('oversell');
      expect(ruleOf(name, of('1'), { held: ZERO })).toBe('oversell');
    });
    it.each(['exit', 'watchedStop'] as const)(
      'sells at the market with one eye on it: data that are not old, or a whole book of any age: %s',
      (name) => {
        const blind = { dataAgeMs: 5_000.1, bookAgeMs: 999_999 };
        expect(ruleOf(name, {}, blind)).toBe('approved');
        expect(ruleOf(name, {}, { book: undefined, dataAgeMs: 5_000 })).toBe('approved');
        expect(ruleOf(name, {}, { ...blind, book: undefined })).toBe('no-book');
        expect(ruleOf(name, {}, { ...blind, ...book('100', '100') })).toBe('crossed-book');
        expect(ruleOf(name, {}, { ...book('101', '100') })).toBe('approved');
        expect(ruleOf(name, {}, { book: undefined, dataAgeMs: Number.NaN })).toBe('no-book');
      },
    );
    it.each(['limitExit', 'stopLoss', 'takeProfit'] as const)(
      'rests without any book, by its reference price: %s',
      (name) => {
        const blind = { book: undefined, dataAgeMs: 999_999 };
        expect(ruleOf(name, {}, blind)).toBe('approved');
        expect(ruleOf(name, {}, { dataAgeMs: 999_999, ...book('101', '100') })).toBe('approved');
      },
    );
    it('takes a limit sale down to the collar of book or reference, whichever is lower', () => {
      const at = (limitPrice: string, changes = {}) => ruleOf('limitExit', { limitPrice: price(limitPrice) }, changes);
      expect(at('99')).toBe('approved');
      expect(at('98.99')).toBe('collar');
      expect(at('150')).toBe('approved');
      expect(at('89.1', book('89.95', '90.05'))).toBe('approved');
      expect(at('89.09', book('89.95', '90.05'))).toBe('collar');
      expect(at('98.99', { book: undefined })).toBe('collar');
      expect(at('89.1', book('90.05', '89.95'))).toBe('collar');
    });
    it('takes a stop below the market and not under a tenth of it', () => {
      const at = (stopPrice: string, changes = {}) => ruleOf('stopLoss', { stopPrice: price(stopPrice) }, changes);
      expect(at('99.99')).toBe('approved');
      expect(at('100')).toBe('stop-price');
      expect(at('100.5', book('101', '101.1'))).toBe('approved');
      expect(at('101', book('101', '101.1'))).toBe('stop-price');
      expect(at('95', book('90', '90.1'))).toBe('approved');
      expect(at('100.5', book('101.1', '101'))).toBe('stop-price');
      expect(at('10')).toBe('approved');
      expect(at('9.99')).toBe('stop-price');
    });
    it('takes a take-profit above the market', () => {
      const at = (limitPrice: string, changes = {}) => ruleOf('takeProfit', { limitPrice: price(limitPrice) }, changes);
      expect(at('99.96')).toBe('approved');
      expect(at('99.95')).toBe('profit-price');
      expect(at('100', book('101', '101.1'))).toBe('profit-price');
      expect(at('100.01', book('101', '101.1'))).toBe('approved');
      expect(at('100', { book: undefined })).toBe('profit-price');
      expect(at('95', book('90.1', '90'))).toBe('profit-price');
    });
    it('leaves it to the exchange whether a sale is worth enough', () => {
      expect(ruleOf('exit', of('0.001'))).toBe('approved');
    });
  });

  it.each<[CaseName, Partial<ProposedOrder>, Partial<RiskContext>, string]>([
    ['entry', {}, { mode: 'HALTED' }, 'trading is HALTED: only cancels are sent'],
    ['entry', {}, { mode: 'REDUCING' }, 'trading is REDUCING: only orders that shrink the position are sent'],
    ['exit', { type: 'stop' }, {}, 'exit must be one of its order types on its side, was a stop sell'],
    ['limitEntry', { stopPrice: price('1') }, {}, 'limit order must have its own price and no other'],
    ['exit', { timeInForce: 'fok' }, {}, 'only a limit order must have a time in force, was fok of market'],
    ['entry', { referencePrice: price('0') }, {}, 'reference price must be above 0, was 0'],
    ['stopLoss', { stopPrice: price('0.001') }, {}, 'price must be steps of 0.01 above 0, was 0.001'],
    ['entry', of('0.0001'), {}, 'quantity must be above 0 and at least 0.001, was 0.0001'],
    ['entry', of('51'), {}, 'quantity must be at most 50, was 51'],
    ['entry', of('0.00105'), {}, 'quantity must be steps of 0.0001, was 0.00105'],
    ['entry', of('0.05'), {}, 'order must be worth at least 10, was 5'],
    ['entry', {}, { alreadySent: true }, 'order id was sent before'],
    ['entry', {}, { openOrders: [{ clientOrderId: 'id', leg: 'exit', barClose: BAR }] }, 'order id is open already'],
    [
      'entry',
      {},
      { openOrders: [{ clientOrderId: 'e0', leg: 'entry', barClose: BAR }] },
      'e0 is open already as entry of the same bar',
    ],
    ['entry', {}, { ordersLastSecond: 6 }, 'orders a second must be at most 5, were 6'],
    ['entry', {}, { dataAgeMs: 5_000.6 }, 'market data must be at most 5000 ms old, was 5001 ms'],
    ['entry', {}, { bookAgeMs: 6_000.4 }, 'the book must be at most 5000 ms old, was 6000 ms'],
    ['entry', {}, { clockSkewMs: -1_500.2 }, "the exchange's clock must be within 1000 ms of ours, was -1500 ms off"],
    ['entry', {}, { book: undefined }, 'the book must have been seen before an order is sent'],
    ['entry', {}, book('101', '100'), 'bid must be below ask, was 101 against 100'],
    ['entry', {}, book('99.8', '100.2'), 'spread must be at most 0.002 of the price, was 0.004000'],
    ['entry', {}, book('101.95', '102.05'), 'reference price must be within 0.01 of the book, was 0.019608 away'],
    [
      'limitEntry',
      { limitPrice: price('102') },
      {},
      'price of a purchase must be at most 0.01 above the book, was 0.020000',
    ],
    ['entry', of('20'), {}, 'order must be worth at most 1000, was 2001.00'],
    ['entry', of('5'), { held: decimal('10') }, 'position must be worth at most 1500, would be 1500.75'],
    [
      'entry',
      of('5'),
      { grossOfOthers: decimal('1500') },
      'all positions must be worth at most 2000, would be 2500.50',
    ],
    ['entry', {}, { ordersLastMinute: 4 }, 'orders a minute must be at most 3, were 4'],
    ['entry', {}, { equity: decimal('940') }, 'loss of the day must be below 0.05, was 0.0600'],
    ['entry', {}, { dayStartEquity: ZERO }, 'loss of the day must be below 0.05, was all of it'],
    ['entry', {}, { peakEquity: decimal('1600') }, 'drawdown must be below 0.2, was 0.3750'],
    [
      'entry',
      {},
      { coolDownUntil: 660_000, consecutiveLosses: 4 },
      'nothing is entered for 1 more minutes of market time: 4 round trips in a row lost',
    ],
    ['exit', of('6'), { restingSales: decimal('1') }, 'sale must be at most 4 (5 held, 1 rest for sale), was 6'],
    [
      'exit',
      {},
      { book: undefined, dataAgeMs: 6_000 },
      'a sale needs a book or market data at most 5000 ms old, was 6000 ms',
    ],
    ['exit', {}, { dataAgeMs: 6_000, ...book('101', '100') }, 'bid must be below ask, was 101 against 100'],
    ['limitExit', { limitPrice: price('90') }, {}, 'price of a sale must be at least 99, was 90'],
    ['stopLoss', { stopPrice: price('101') }, {}, 'stop must be below the market at 100, was 101'],
    ['stopLoss', { stopPrice: price('9') }, {}, 'stop must be at least a tenth of the market, 10, was 9'],
    ['takeProfit', { limitPrice: price('99') }, {}, 'take-profit must be above the market at 99.95, was 99'],
  ])('says what must be and what was: %s %o with %o', (name, order, changes, reason) => {
    const asked = propose(name, order, changes);
    expect(checkRisk(asked.order, limits, asked.context)).toMatchObject({ outcome: 'refused', reason });
  });
});
