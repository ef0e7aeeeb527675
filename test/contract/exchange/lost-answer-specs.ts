import { describe, expect, it, vi } from 'vitest';
import type { Exchange } from '../../../src/core/ports/exchange.ts';
import { approve, approvePair } from './approve.ts';
import type { ExchangeHarness, ScriptedFault } from './exchange-harness.ts';
import { awayFromTop } from './market-moves.ts';
import { acknowledged } from './outcomes.ts';

const transports: readonly [string, (harness: ExchangeHarness) => Exchange][] = [
  ['over the socket', (harness) => harness.exchange],
  ['over REST', (harness) => harness.overRest()],
];

const executed: readonly [string, ScriptedFault][] = [
  ['never answered', { kind: 'no-answer', of: 'orders', hangUp: false }],
  ['connection cut', { kind: 'no-answer', of: 'orders', hangUp: true }],
];
const notExecuted: readonly [string, ScriptedFault][] = [
  ['neither executed nor answered', { kind: 'silence', of: 'orders', hangUp: false }],
  ['not executed, connection cut', { kind: 'silence', of: 'orders', hangUp: true }],
  ['answered with 503', { kind: 'status', of: 'orders', status: 503 }],
];

/** No request about an order says "rejected" when the order may live. */
export function lostAnswerSpecs(open: () => Promise<ExchangeHarness>): void {
  describe.each(transports)('lost answers %s', (_, transport) => {
    const bid = async (harness: ExchangeHarness, id: string, fraction = -0.1) =>
      approve(harness.symbol, id, 'buy', '0.01', { type: 'limit', limitPrice: await awayFromTop(harness, fraction) });

    it('O50 an order that is taken after everybody gave up on it is unknown, absent at first, and found later', async () => {
      await using harness = await open();
      const exchange = transport(harness);
      const order = await bid(harness, 'late');
      acknowledged(await exchange.submit(await bid(harness, 'warm', -0.11)));
      await harness.fault({ kind: 'late', of: 'orders', ms: 4_000 });
      expect(await exchange.submit(order)).toMatchObject({ outcome: 'unknown' });
      expect(await exchange.order(harness.symbol, 'late')).toBeUndefined();
      await vi.waitFor(
        async () => expect(await exchange.order(harness.symbol, 'late')).toMatchObject({ status: 'new' }),
        {
          timeout: 15_000,
          interval: 200,
        },
      );
      expect(await harness.orderIds()).toEqual(['warm', 'late']);
    });

    it.each(executed)('O51 a pair that rests, %s, is unknown, and both are found by their ids', async (_, fault) => {
      await using harness = await open();
      const exchange = transport(harness);
      acknowledged(await exchange.submit(approve(harness.symbol, 'buy', 'buy', '0.02')));
      const prices = { profit: await awayFromTop(harness, 0.05), loss: await awayFromTop(harness, -0.05) };
      await harness.fault(fault);
      const outcome = await exchange.submitPair(approvePair(harness.symbol, 'pair', '0.019', prices));
      expect(outcome).toMatchObject({ outcome: 'unknown' });
      expect(await exchange.order(harness.symbol, 'pair-profit')).toMatchObject({ status: 'new' });
      expect(await exchange.order(harness.symbol, 'pair-loss')).toMatchObject({ status: 'new' });
      expect(await harness.orderIds()).toHaveLength(3);
    });

    it.each(notExecuted)('O52 a pair %s is unknown, and neither is there', async (_, fault) => {
      await using harness = await open();
      const exchange = transport(harness);
      acknowledged(await exchange.submit(approve(harness.symbol, 'buy', 'buy', '0.02')));
      const prices = { profit: await awayFromTop(harness, 0.05), loss: await awayFromTop(harness, -0.05) };
      await harness.fault(fault);
      const outcome = await exchange.submitPair(approvePair(harness.symbol, 'pair', '0.019', prices));
      expect(outcome).toMatchObject({ outcome: 'unknown' });
      expect(await exchange.order(harness.symbol, 'pair-profit')).toBeUndefined();
      expect(await exchange.order(harness.symbol, 'pair-loss')).toBeUndefined();
      expect(await harness.orderIds()).toEqual(['buy']);
    });

    it.each(executed)(
      'O53 a replacement that was made, %s, is unknown, and both orders tell of it',
      async (_, fault) => {
        await using harness = await open();
        const exchange = transport(harness);
        acknowledged(await exchange.submit(await bid(harness, 'old')));
        const next = await bid(harness, 'new', -0.05);
        await harness.fault(fault);
        expect(await exchange.replace('old', next)).toMatchObject({ outcome: 'unknown' });
        expect(await exchange.order(harness.symbol, 'old')).toMatchObject({
          clientOrderId: 'old',
          status: 'cancelled',
        });
        expect(await exchange.order(harness.symbol, 'new')).toMatchObject({ clientOrderId: 'new', status: 'new' });
      },
    );

    it.each(notExecuted)('O54 a replacement %s is unknown, and the old order rests', async (_, fault) => {
      await using harness = await open();
      const exchange = transport(harness);
      acknowledged(await exchange.submit(await bid(harness, 'old')));
      const next = await bid(harness, 'new', -0.05);
      await harness.fault(fault);
      expect(await exchange.replace('old', next)).toMatchObject({ outcome: 'unknown' });
      expect(await exchange.order(harness.symbol, 'old')).toMatchObject({ status: 'new' });
      expect(await exchange.order(harness.symbol, 'new')).toBeUndefined();
    });

    it.each([[429], [418]])(
      'O55 a pair and a replacement answered with %i are certainly not placed',
      async (status) => {
        await using harness = await open();
        const exchange = transport(harness);
        acknowledged(await exchange.submit(await bid(harness, 'old')));
        const next = await bid(harness, 'new', -0.05);
        await harness.fault({ kind: 'status', of: 'orders', status, retryAfterSeconds: 1 });
        expect(await exchange.replace('old', next)).toMatchObject({ outcome: 'kept', code: 'RATE_LIMITED' });
        const prices = { profit: await awayFromTop(harness, 0.05), loss: await awayFromTop(harness, -0.05) };
        const pair = approvePair(harness.symbol, 'pair', '0.01', prices);
        expect(await exchange.submitPair(pair)).toMatchObject({ outcome: 'rejected', code: 'RATE_LIMITED' });
        expect(await harness.orderIds()).toEqual(['old']);
      },
    );
  });

  it('R16 a history whose pages lack something is an error, and not taken for the whole', async () => {
    await using harness = await open();
    const { exchange, symbol } = harness;
    for (const id of ['a', 'b', 'c']) acknowledged(await exchange.submit(approve(symbol, id, 'buy', '0.001')));
    const beginning = 0 as never;
    expect(await exchange.ordersSince(symbol, beginning)).toHaveLength(3);
    await harness.fault({ kind: 'partial-page', times: 1 });
    const outcome = await exchange.ordersSince(symbol, beginning).then(
      (orders) => orders.length,
      (failure: { code: string }) => failure.code,
    );
    expect(['EXCHANGE_UNAVAILABLE', 3]).toContain(outcome);
    await harness.fault({ kind: 'partial-page', times: 1 });
    const fills = await exchange.fillsSince(symbol, beginning).then(
      (all) => new Set(all.map((fill) => fill.exchangeOrderId)).size,
      (failure: { code: string }) => failure.code,
    );
    expect(['EXCHANGE_UNAVAILABLE', 3]).toContain(fills);
  });
}
