import { describe, expect, it } from 'vitest';
import type { Exchange, SubmitOutcome } from '../../../src/core/ports/exchange.ts';
import { decimal, ZERO } from '../../../src/core/trading/money.ts';
import { approve } from './approve.ts';
import type { ExchangeHarness, ScriptedFault } from './exchange-harness.ts';

const transports: readonly [string, (harness: ExchangeHarness) => Exchange][] = [
  ['over the socket', (harness) => harness.exchange],
  ['over REST', (harness) => harness.overRest()],
];

function acknowledged(outcome: SubmitOutcome): Extract<SubmitOutcome, { outcome: 'acknowledged' }> {
  if (outcome.outcome !== 'acknowledged') throw new Error(`must be acknowledged, was ${JSON.stringify(outcome)}`);
  return outcome;
}

export function orderSpecs(open: () => Promise<ExchangeHarness>): void {
  describe.each(transports)('orders %s', (_, transport) => {
    it('O1 acknowledges an order with its fills, to the last decimal of the balances', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      const { report, fills } = acknowledged(await exchange.submit(approve(harness.symbol, 'o1', 'buy', '0.05')));
      expect(report).toMatchObject({ clientOrderId: 'o1', side: 'buy', status: 'filled', symbol: harness.symbol });
      expect(report.filled.toFixed()).toBe('0.05');
      expect(
        fills.every((fill) => fill.clientOrderId === 'o1' && fill.exchangeOrderId === report.exchangeOrderId),
      ).toBe(true);
      const bought = fills.reduce((sum, fill) => sum.plus(fill.quantity), ZERO);
      const cost = fills.reduce((sum, fill) => sum.plus(fill.price.times(fill.quantity)), ZERO);
      const feeIn = (asset: string) =>
        fills.reduce((sum, fill) => (fill.feeAsset === asset ? sum.plus(fill.fee) : sum), ZERO);
      const balances = await exchange.balances();
      const free = (asset: string) => balances.get(asset)?.free.toFixed();
      expect(free('BTC')).toBe(bought.minus(feeIn('BTC')).toFixed());
      expect(free('USDT')).toBe(decimal('10000').minus(cost).minus(feeIn('USDT')).toFixed());
    });

    it('O2 gives the same fills as the history of own trades', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      const { report, fills } = acknowledged(await exchange.submit(approve(harness.symbol, 'o2', 'buy', '0.05')));
      const past = await exchange.fillsSince(harness.symbol, report.updatedAt);
      expect(
        past.map(({ tradeId, price, quantity, fee }) => [tradeId, price.toFixed(), quantity.toFixed(), fee.toFixed()]),
      ).toEqual(
        fills.map(({ tradeId, price, quantity, fee }) => [tradeId, price.toFixed(), quantity.toFixed(), fee.toFixed()]),
      );
    });

    it.each([
      ['O3 more than the account holds', '5', '-2010'],
      ['O4 a quantity off the step', '0.0000123', '-1013'],
      ['O5 a notional below the minimum', '0.00001', '-1013'],
    ])("%s is certainly rejected, with the exchange's code", async (_, amount, code) => {
      await using harness = await open();
      const outcome = await transport(harness).submit(approve(harness.symbol, 'refused', 'buy', amount));
      expect(outcome).toMatchObject({ outcome: 'rejected', code });
      expect(await harness.orderIds()).toEqual([]);
    });

    it('O6 is certainly rejected when it reaches the exchange outside its request window', async () => {
      await using harness = await open();
      await harness.fault({ kind: 'clock-skew', ms: 10_000 });
      const outcome = await transport(harness).submit(approve(harness.symbol, 'stale', 'buy', '0.01'));
      expect(outcome).toMatchObject({ outcome: 'rejected', code: '-1021' });
      expect(await harness.orderIds()).toEqual([]);
    });

    const lost: readonly [string, ScriptedFault][] = [
      ['O7 executed, never answered', { kind: 'no-answer', of: 'orders', hangUp: false }],
      ['O8 executed, connection cut', { kind: 'no-answer', of: 'orders', hangUp: true }],
    ];
    it.each(lost)('%s is unknown, is found by its id, and was sent once', async (_, fault) => {
      await using harness = await open();
      const exchange = transport(harness);
      await harness.fault(fault);
      expect(await exchange.submit(approve(harness.symbol, 'lost', 'buy', '0.01'))).toMatchObject({
        outcome: 'unknown',
      });
      expect(await exchange.order(harness.symbol, 'lost')).toMatchObject({ clientOrderId: 'lost', status: 'filled' });
      expect(await harness.orderIds()).toEqual(['lost']);
    });

    const open5xx: readonly [string, ScriptedFault][] = [
      ['O9 neither executed nor answered', { kind: 'silence', of: 'orders', hangUp: false }],
      ['O10 not executed, connection cut', { kind: 'silence', of: 'orders', hangUp: true }],
      ['O11 answered with 503', { kind: 'status', of: 'orders', status: 503 }],
    ];
    it.each(open5xx)('%s is unknown, and the exchange says later that there is none', async (_, fault) => {
      await using harness = await open();
      const exchange = transport(harness);
      await harness.fault(fault);
      expect(await exchange.submit(approve(harness.symbol, 'open', 'buy', '0.01'))).toMatchObject({
        outcome: 'unknown',
      });
      expect(await exchange.order(harness.symbol, 'open')).toBeUndefined();
      expect(await harness.orderIds()).toEqual([]);
    });

    it.each([[429], [418]])('O12 answered with %i is certainly not placed', async (status) => {
      await using harness = await open();
      await harness.fault({ kind: 'status', of: 'orders', status, retryAfterSeconds: 1 });
      const outcome = await transport(harness).submit(approve(harness.symbol, 'limited', 'buy', '0.01'));
      expect(outcome).toMatchObject({ outcome: 'rejected', code: 'RATE_LIMITED' });
      expect(await harness.orderIds()).toEqual([]);
    });

    it('O12a sends nothing as long as the exchange asks to be left alone, and then again', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      await harness.fault({ kind: 'status', of: 'orders', status: 418, retryAfterSeconds: 1 });
      await exchange.submit(approve(harness.symbol, 'limited', 'buy', '0.01'));
      await harness.fault({ kind: 'clear' });
      const held = await exchange.submit(approve(harness.symbol, 'held', 'buy', '0.01'));
      expect(held).toMatchObject({
        outcome: 'rejected',
        code: 'RATE_LIMITED',
        reason: expect.stringMatching(/^nothing was sent/),
      });
      expect(await harness.orderIds()).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      acknowledged(await exchange.submit(approve(harness.symbol, 'again', 'buy', '0.01')));
    });

    it('O13 works again after every kind of failure', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      for (const fault of [...lost, ...open5xx]) {
        await harness.fault(fault[1]);
        await exchange.submit(approve(harness.symbol, `bad-${fault[0].slice(0, 3).trim()}`, 'buy', '0.001'));
        await harness.fault({ kind: 'clear' });
        acknowledged(
          await exchange.submit(approve(harness.symbol, `good-${fault[0].slice(0, 3).trim()}`, 'buy', '0.001')),
        );
      }
    });

    it('O14 wrong keys are certainly rejected', async () => {
      await using harness = await open();
      const outcome = await harness.withWrongKey().submit(approve(harness.symbol, 'forged', 'buy', '0.01'));
      expect(outcome.outcome).toBe('rejected');
      expect(await harness.orderIds()).toEqual([]);
    });
  });

  describe.each(transports)('cancels %s', (_, transport) => {
    const resting = { clientOrderId: 'resting', side: 'buy', price: '40000.00', quantity: '0.01000' } as const;

    it('C1 cancels an open order, named by its own id', async () => {
      await using harness = await open();
      await harness.placeLimit(resting);
      const outcome = await transport(harness).cancel(harness.symbol, 'resting');
      expect(outcome).toMatchObject({
        outcome: 'cancelled',
        report: { clientOrderId: 'resting', status: 'cancelled' },
      });
      expect(await harness.exchange.openOrders(harness.symbol)).toEqual([]);
    });

    it('C2 says that a finished or unknown order is not open', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      acknowledged(await exchange.submit(approve(harness.symbol, 'done', 'buy', '0.01')));
      expect(await exchange.cancel(harness.symbol, 'done')).toEqual({ outcome: 'not_open' });
      expect(await exchange.cancel(harness.symbol, 'never-sent')).toEqual({ outcome: 'not_open' });
    });

    it.each([
      ['C3 no answer', { kind: 'no-answer', of: 'cancels', hangUp: false }],
      ['C4 a cut connection', { kind: 'no-answer', of: 'cancels', hangUp: true }],
      ['C5 an overloaded exchange', { kind: 'status', of: 'cancels', status: 503 }],
    ] as const)('%s leaves a cancel unknown', async (_, fault) => {
      await using harness = await open();
      await harness.placeLimit(resting);
      const exchange = transport(harness);
      await exchange.rules(harness.symbol);
      await harness.fault(fault);
      expect(await exchange.cancel(harness.symbol, 'resting')).toMatchObject({ outcome: 'unknown' });
    });
  });
}
