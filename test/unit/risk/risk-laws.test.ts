import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { ProposedOrder } from '../../../src/core/risk/approved-order.ts';
import { checkRisk, type RiskContext, type RiskLimits, type TradingMode } from '../../../src/core/risk/risk-engine.ts';
import { type Decimal, decimal, price, quantity, ZERO } from '../../../src/core/trading/money.ts';
import { type CaseName, cases, context, limits, names, propose, verdict } from './risk-case.ts';

const whole = (min: number, max: number) => fc.integer({ min, max });
const amount = (min: number, max: number, digits: number) =>
  whole(min * 10 ** digits, max * 10 ** digits).map((units) => (units / 10 ** digits).toFixed(digits));
const one = <T>(...values: readonly T[]) => fc.constantFrom(...values);

const someLimits: fc.Arbitrary<RiskLimits> = fc.record({
  maxOrderNotional: amount(1, 1_200, 2).map(decimal),
  maxPositionNotional: amount(1, 1_500, 2).map(decimal),
  maxGrossNotional: amount(1, 2_500, 2).map(decimal),
  maxOrdersPerSecond: whole(1, 4),
  maxOrdersPerMinute: whole(1, 3),
  maxConsecutiveLosses: whole(0, 4),
  coolDownMinutes: whole(1, 5),
  maxClockSkewMs: whole(1, 2_000),
  dailyLossFraction: one(0.01, 0.05, 0.3, 1),
  maxDrawdownFraction: one(0.01, 0.1, 0.5, 1),
  priceCollarFraction: one(0.001, 0.01, 0.05, 1),
  maxSpreadFraction: one(0.0005, 0.002, 0.02, 1),
  staleDataMs: whole(1, 6_000),
});

describe('a tighter limit', () => {
  /** Each at most as loose as the same of `loose`; 0 losses in a row means that the rule is off. */
  const tighten = (loose: RiskLimits, other: RiskLimits): RiskLimits => {
    const least = (name: keyof RiskLimits): number => Math.min(Number(loose[name]), Number(other[name]));
    const lessOf = (a: Decimal, b: Decimal): Decimal => (a.lt(b) ? a : b);
    return {
      maxOrderNotional: lessOf(loose.maxOrderNotional, other.maxOrderNotional),
      maxPositionNotional: lessOf(loose.maxPositionNotional, other.maxPositionNotional),
      maxGrossNotional: lessOf(loose.maxGrossNotional, other.maxGrossNotional),
      maxOrdersPerSecond: least('maxOrdersPerSecond'),
      maxOrdersPerMinute: least('maxOrdersPerMinute'),
      maxConsecutiveLosses: loose.maxConsecutiveLosses === 0 ? other.maxConsecutiveLosses : loose.maxConsecutiveLosses,
      coolDownMinutes: Math.max(loose.coolDownMinutes, other.coolDownMinutes),
      maxClockSkewMs: least('maxClockSkewMs'),
      dailyLossFraction: least('dailyLossFraction'),
      maxDrawdownFraction: least('maxDrawdownFraction'),
      priceCollarFraction: least('priceCollarFraction'),
      maxSpreadFraction: least('maxSpreadFraction'),
      staleDataMs: least('staleDataMs'),
    };
  };
  const near = amount(95, 105, 2).map(price);
  const someContext: fc.Arbitrary<Partial<RiskContext>> = fc.record({
    mode: fc.constantFrom<TradingMode>('ACTIVE', 'REDUCING', 'HALTED'),
    held: amount(0, 12, 4).map(decimal),
    restingSales: amount(0, 3, 4).map(decimal),
    openEntries: amount(0, 400, 2).map(decimal),
    grossOfOthers: amount(0, 900, 2).map(decimal),
    equity: amount(900, 1_000, 2).map(decimal),
    coolDownUntil: one(0, 700_000),
    book: fc.option(fc.record({ bid: near, ask: near }), { nil: undefined }),
    bookAgeMs: whole(0, 7_000),
    dataAgeMs: whole(0, 7_000),
    clockSkewMs: whole(-2_500, 2_500),
    ordersLastSecond: whole(0, 4),
    ordersLastMinute: whole(0, 6),
  });
  const someOrder = fc.record({ size: amount(0, 8, 4), own: near, reference: near });

  it('never turns a refusal into an approval, of any leg', () => {
    let approvals = 0;
    fc.assert(
      fc.property(
        one(...names),
        someOrder,
        someContext,
        someLimits,
        someLimits,
        (name, shape, changes, loose, other) => {
          const own =
            'limitPrice' in cases[name]
              ? { limitPrice: shape.own }
              : 'stopPrice' in cases[name]
                ? { stopPrice: shape.own }
                : {};
          const order = { quantity: quantity(shape.size), referencePrice: shape.reference, ...own };
          const asked = propose(name, order, changes);
          if (checkRisk(asked.order, tighten(loose, other), asked.context).outcome === 'refused') return;
          approvals += 1;
          expect(verdict(asked, loose)).toBe('approved');
        },
      ),
      { numRuns: 5_000 },
    );
    expect(approvals).toBeGreaterThan(100);
  });
});

interface Sent {
  readonly id: string;
  readonly name: CaseName;
  readonly at: number;
  /** Unfilled. */
  left: Decimal;
  readonly cost: Decimal;
}

/** A line as the engine keeps one: what it holds and has open, what the market looks like, and which limits are in force now. */
class Model {
  now = 1_000_000;
  limits: RiskLimits = limits;
  mode: TradingMode = 'ACTIVE';
  held = decimal('3');
  cash = decimal('700');
  dayStart = decimal('1000');
  peak = decimal('1000');
  losses = 0;
  coolDownUntil = 0;
  others = ZERO;
  skew = 0;
  bid = decimal('99.95');
  ask = decimal('100.05');
  seen: 'book' | 'none' = 'book';
  bookAt = this.now;
  dataAt = this.now;
  readonly sent: Sent[] = [];
  readonly approvals: Sent[] = [];
  readonly refusals = new Set<string>();

  get reference(): Decimal {
    return this.bid.plus(this.ask).times('0.5').round(2);
  }
  get open(): Sent[] {
    return this.sent.filter(({ left }) => left.gt(0));
  }
  get equity(): Decimal {
    return this.cash.plus(this.held.times(this.reference));
  }
  resting(kind: 'buys' | 'sales'): Decimal {
    const counted = this.open.filter(({ name }) => (cases[name].side === 'buy') === (kind === 'buys'));
    return counted.reduce((sum, { left, cost }) => sum.plus(kind === 'buys' ? left.times(cost) : left), ZERO);
  }
  sentSince(ms: number, growing: boolean): number {
    return this.sent.filter(({ at, name }) => this.now - at < ms && (!growing || cases[name].side === 'buy')).length;
  }

  contextOf(name: CaseName, id: string): RiskContext {
    return {
      ...context,
      mode: this.mode,
      leg: cases[name].leg,
      barClose: epochMillis(Math.floor(this.now / 60_000) * 60_000),
      marketTime: epochMillis(this.now),
      held: this.held,
      restingSales: this.resting('sales'),
      openEntries: this.resting('buys'),
      grossOfOthers: this.others,
      equity: this.equity,
      dayStartEquity: this.dayStart,
      peakEquity: this.peak,
      consecutiveLosses: this.losses,
      coolDownUntil: this.coolDownUntil,
      book: this.seen === 'none' ? undefined : { bid: price(this.bid), ask: price(this.ask) },
      bookAgeMs: this.now - this.bookAt,
      dataAgeMs: this.now - this.dataAt,
      clockSkewMs: this.skew,
      ordersLastSecond: this.sentSince(1_000, false),
      ordersLastMinute: this.sentSince(60_000, true),
      alreadySent: this.sent.some((sent) => sent.id === id),
      openOrders: this.open.map(({ id: clientOrderId, name: of, at }) => ({
        clientOrderId,
        leg: cases[of].leg,
        barClose: epochMillis(Math.floor(at / 60_000) * 60_000),
      })),
    };
  }

  propose(name: CaseName, size: Decimal, distance: Decimal, id: string): void {
    const asked = propose(name, { clientOrderId: id, quantity: quantity(size), referencePrice: price(this.reference) });
    const own = this.reference.times(decimal('1').plus(distance)).round(2);
    const order: ProposedOrder = {
      ...asked.order,
      ...(asked.order.limitPrice ? { limitPrice: price(own) } : {}),
      ...(asked.order.stopPrice ? { stopPrice: price(own) } : {}),
    };
    const decision = checkRisk(order, this.limits, this.contextOf(name, id));
    if (decision.outcome === 'refused') {
      this.refusals.add(decision.rule);
      return;
    }
    this.checkWithin(name, order);
    const worst = [this.ask, this.reference, order.stopPrice ?? ZERO].reduce((a, b) => (a.gt(b) ? a : b));
    const sent = { id, name, at: this.now, left: size, cost: order.limitPrice ?? worst };
    this.sent.push(sent);
    this.approvals.push(sent);
  }

  /** The limits in force now, worked out in other words than the rules use. */
  checkWithin(name: CaseName, order: ProposedOrder): void {
    const { limits, open } = this;
    expect(this.mode).not.toBe('HALTED');
    expect(this.sent.map(({ id }) => id)).not.toContain(order.clientOrderId);
    expect(this.sentSince(1_000, false) + 1).toBeLessThanOrEqual(limits.maxOrdersPerSecond);
    expect(order.quantity.times(10_000).mod(1).eq(0)).toBe(true);
    if (order.side === 'sell') {
      expect(this.resting('sales').plus(order.quantity).lte(this.held)).toBe(true);
      return;
    }
    expect(this.mode).toBe('ACTIVE');
    expect(this.seen).toBe('book');
    expect(
      open.every(
        ({ name: of, at }) => cases[of].leg !== 'entry' || Math.floor(at / 60_000) < Math.floor(this.now / 60_000),
      ),
    ).toBe(true);
    const [bid, ask] = [Number(this.bid), Number(this.ask)];
    const middle = (bid + ask) / 2;
    const own = order.limitPrice ?? order.stopPrice;
    expect((ask - bid) / middle).toBeLessThanOrEqual(limits.maxSpreadFraction + 1e-12);
    expect(ask).toBeGreaterThan(bid);
    for (const asked of [order.referencePrice, ...(own ? [own] : [])]) {
      expect(Number(asked) / middle - 1).toBeLessThanOrEqual(limits.priceCollarFraction + 1e-12);
    }
    expect(Math.max(this.now - this.bookAt, this.now - this.dataAt)).toBeLessThanOrEqual(limits.staleDataMs);
    expect(Math.abs(this.skew)).toBeLessThanOrEqual(limits.maxClockSkewMs);
    const dearest = Math.max(ask, Number(this.reference));
    const cost = Number(order.quantity) * Number(order.limitPrice ?? Math.max(dearest, Number(order.stopPrice ?? 0)));
    const position = Number(this.held) * dearest + Number(this.resting('buys')) + cost;
    expect(cost).toBeLessThanOrEqual(Number(limits.maxOrderNotional) + 1e-9);
    expect(position).toBeLessThanOrEqual(Number(limits.maxPositionNotional) + 1e-9);
    expect(position + Number(this.others)).toBeLessThanOrEqual(Number(limits.maxGrossNotional) + 1e-9);
    expect(this.sentSince(60_000, true) + 1).toBeLessThanOrEqual(limits.maxOrdersPerMinute);
    expect(1 - Number(this.equity) / Number(this.dayStart)).toBeLessThan(limits.dailyLossFraction + 1e-12);
    expect(1 - Number(this.equity) / Number(this.peak)).toBeLessThan(limits.maxDrawdownFraction + 1e-12);
    if (limits.maxConsecutiveLosses > 0) expect(this.now).toBeGreaterThanOrEqual(this.coolDownUntil);
    expect(cases[name].leg).toBe('entry');
  }

  fill(which: number, share: number): void {
    const order = this.open[which % Math.max(1, this.open.length)];
    if (!order) return;
    const part = share === 10 ? order.left : order.left.times(share / 10).round(4, 0);
    const buys = cases[order.name].side === 'buy';
    order.left = order.left.minus(part);
    this.held = buys ? this.held.plus(part) : this.held.minus(part);
    this.cash = buys ? this.cash.minus(part.times(order.cost)) : this.cash.plus(part.times(this.bid));
    expect(this.held.gte(0), 'nothing is sold that is not held').toBe(true);
    if (!buys) this.lose(this.equity.lt(this.dayStart));
    this.mark();
  }
  lose(lost: boolean): void {
    this.losses = lost ? this.losses + 1 : 0;
    if (lost && this.limits.maxConsecutiveLosses > 0 && this.losses >= this.limits.maxConsecutiveLosses) {
      this.coolDownUntil = this.now + this.limits.coolDownMinutes * 60_000;
    }
  }
  mark(): void {
    if (this.equity.gt(this.peak)) this.peak = this.equity;
  }
}

interface Step {
  readonly apply: (model: Model, step: number) => void;
  readonly toString: () => string;
}
const step = (text: string, apply: Step['apply']): Step => ({ apply, toString: () => text });

/** A step of the market, of the exchange, of a person, or of the strategy. */
const someStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({
        name: one(...names),
        size: fc.oneof({ weight: 9, arbitrary: amount(0, 6, 4) }, { weight: 1, arbitrary: amount(0, 6, 5) }),
        distance: one('-0.02', '-0.005', '-0.0001', '0.0001', '0.005', '0.02'),
        reuse: whole(0, 9),
      })
      .map(({ name, size, distance, reuse }) =>
        step(`propose ${name} ${size} at ${distance}`, (model, n) => {
          // Now and then with an id that was used before, and a sale mostly of some of what there is.
          const id = reuse === 0 && model.sent[0] ? model.sent[0].id : `id-${n}`;
          const part = model.held.minus(model.resting('sales')).times(decimal(size)).times('0.2').round(4, 0);
          const some = cases[name].side === 'sell' && reuse > 2 ? part : decimal(size);
          model.propose(name, some, decimal(distance), id);
        }),
      ),
  },
  {
    weight: 4,
    arbitrary: fc.record({ move: whole(-200, 200), spread: whole(-5, 60) }).map(({ move, spread }) =>
      step(`tick ${move} ${spread}`, (model) => {
        const middle = model.reference.plus(decimal((move / 100).toFixed(2)));
        if (middle.lt(20)) return;
        model.bid = middle.minus(decimal((spread / 200).toFixed(3)));
        model.ask = middle.plus(decimal((spread / 200).toFixed(3)));
        model.bookAt = model.dataAt = model.now;
        model.seen = 'book';
        model.mark();
      }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ which: whole(0, 9), share: whole(1, 10) })
      .map(({ which, share }) => step(`fill ${which} ${share}`, (model) => model.fill(which, share))),
  },
  {
    weight: 2,
    arbitrary: whole(0, 9).map((which) =>
      step(`cancel ${which}`, (model) => {
        const order = model.open[which % Math.max(1, model.open.length)];
        if (order) order.left = ZERO;
      }),
    ),
  },
  {
    weight: 3,
    arbitrary: one(1, 1, 400, 400, 1_000, 1_000, 5_000, 60_000, 400_000).map((ms) =>
      step(`wait ${ms}`, (model) => {
        model.now += ms;
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.oneof(someLimits, fc.constant(limits)).map((next) =>
      step('new limits', (model) => {
        model.limits = next;
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: one<TradingMode>('ACTIVE', 'ACTIVE', 'REDUCING', 'HALTED').map((mode) =>
      step(mode, (model) => {
        model.mode = mode;
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: whole(1, 60).map((paid) =>
      step(`costs ${paid}`, (model) => {
        model.cash = model.cash.minus(paid);
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: whole(-2_500, 2_500).map((skew) =>
      step(`skew ${skew}`, (model) => {
        model.skew = skew;
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: amount(0, 1_500, 2).map((others) =>
      step(`others ${others}`, (model) => {
        model.others = decimal(others);
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      step('connection down', (model) => {
        model.seen = 'none';
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      step('trade', (model) => {
        model.dataAt = model.now;
      }),
    ),
  },
);

const REACHED = [
  'clock-skew',
  'collar',
  'cool-down',
  'crossed-book',
  'daily-loss',
  'drawdown',
  'duplicate',
  'gross-notional',
  'halted',
  'no-book',
  'order-burst',
  'order-notional',
  'order-rate',
  'order-size',
  'oversell',
  'position-notional',
  'profit-price',
  'reducing',
  'spread',
  'stale-book',
  'stale-data',
  'stop-price',
];

function walk(parameters: fc.Parameters<[Step[]]>) {
  const approved = new Map<CaseName, number>();
  const refused = new Set<string>();
  fc.assert(
    fc.property(fc.array(someStep, { minLength: 20, maxLength: 80 }), (steps) => {
      const model = new Model();
      for (const [n, { apply }] of steps.entries()) apply(model, n);
      for (const { name } of model.approvals) approved.set(name, (approved.get(name) ?? 0) + 1);
      for (const rule of model.refusals) refused.add(rule);
    }),
    parameters,
  );
  return { approved, refused };
}

describe('whatever ticks, fills, cancels and new limits come before', () => {
  it('approves nothing beyond a limit in force at that moment', () => {
    walk({ numRuns: 1_000 });
  });

  it('the law is put to every order and every rule', () => {
    const { approved, refused } = walk({ numRuns: 2_000, seed: 1 });
    for (const name of names) expect(approved.get(name) ?? 0, name).toBeGreaterThan(20);
    expect([...refused].sort()).toEqual(REACHED);
  });
});
