import { describe, expect, it } from 'vitest';
import { AresError } from '../../../src/core/ares-error.ts';
import { linesOf, type SlotId } from '../../../src/core/models/slot.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { type KillWish, planKill } from '../../../src/core/risk/kill-line.ts';
import { killSlot } from '../../../src/core/risk/kill-slot.ts';
import { parseClientOrderId } from '../../../src/core/trading/client-order-id.ts';
import { decimal } from '../../../src/core/trading/money.ts';
import { openKillDesk, SLOT, WALL } from './kill-desk.ts';

const WISH: KillWish = { flatten: false, quantity: undefined, keepStops: false };
const PATIENCE = 5_000;

function openDesk() {
  const desk = openKillDesk();
  const halts: string[] = [];
  const kill = (wish: Partial<KillWish> = {}, slot = SLOT, halt?: () => Promise<string>) =>
    killSlot(
      { slot, wish: { ...WISH, ...wish }, patienceMs: PATIENCE },
      desk.ports,
      halt ??
        (async () => {
          halts.push(desk.log.join(','));
          return 'HALTED';
        }),
    );
  /** Half a coin bought, less its fee, of which some rests for sale. */
  const hold = () => {
    desk.place({ id: desk.id('entry'), side: 'buy', amount: '0.5', filled: '0.5', fee: '0.0005', open: false });
    desk.balances.free = decimal('0.4995');
  };
  const protect = (amount = '0.4995') => {
    desk.place({ id: desk.id('stop_loss'), side: 'sell', amount });
    desk.balances.free = desk.balances.free.minus(amount);
  };
  return { ...desk, kill, halts, hold, protect };
}

describe('the kill switch', () => {
  it('cancels what the slot has open, leaves the orders of others, and says so only when the exchange does', async () => {
    const desk = openDesk();
    desk.place({ id: desk.id('entry'), side: 'buy', amount: '1' });
    desk.place({ id: desk.id('stop_loss'), side: 'sell', amount: '1' });
    desk.place({ id: 'by-hand', side: 'buy', amount: '1' });
    desk.place({ id: desk.id('entry', 0, 'main:other:BTC/USDT:1m' as SlotId), side: 'buy', amount: '1' });
    const report = await desk.kill();
    expect(report).toMatchObject({
      slot: SLOT,
      complete: true,
      halt: { recorded: true, state: 'HALTED' },
      lines: [{ line: SLOT, sale: null, held: '0' }],
    });
    expect(report.lines[0]?.cancels).toEqual({
      cancelled: [desk.id('entry'), desk.id('stop_loss')],
      stillOpen: [],
      reason: null,
    });
    expect(desk.openIds()).toEqual(['by-hand', desk.id('entry', 0, 'main:other:BTC/USDT:1m' as SlotId)]);
  });

  it('takes every market of a slot that has several', async () => {
    const desk = openDesk();
    const slot = 'main:trend:BTC/USDT+ETH/USDT:1m' as SlotId;
    const [btc, eth] = linesOf(slot) as [SlotId, SlotId];
    desk.place({ id: desk.id('entry', 0, btc), side: 'buy', amount: '1' });
    desk.place({ id: desk.id('entry', 0, eth), side: 'buy', amount: '1' }, 'ETH/USDT');
    const report = await desk.kill({}, slot);
    expect(report.lines.map(({ line, cancels }) => [line, cancels.cancelled.length])).toEqual([
      [btc, 1],
      [eth, 1],
    ]);
    expect(desk.openIds()).toEqual([]);
  });

  it('asks until nothing is left: lost answers, failed reads and orders that arrive late', async () => {
    const desk = openDesk();
    desk.faults.failedReads = 2;
    desk.faults.lostCancels = 1;
    desk.place({ id: desk.id('entry'), side: 'buy', amount: '1' });
    // Once all seemed gone: what was on its way when the trader froze.
    desk.faults.late.push({ after: 5, placed: { id: desk.id('entry', 1), side: 'buy', amount: '1' } });
    const report = await desk.kill();
    expect(report.complete).toBe(true);
    expect(report.lines[0]?.cancels.cancelled).toEqual([desk.id('entry'), desk.id('entry', 1)]);
    expect(desk.openIds()).toEqual([]);
    expect(desk.slept()).toBeGreaterThanOrEqual(PATIENCE);
  });

  it('is not complete while the exchange lists an order, and names it', async () => {
    const desk = openDesk();
    desk.place({ id: desk.id('entry'), side: 'buy', amount: '1' });
    desk.faults.stuck.add(desk.id('entry'));
    const report = await desk.kill();
    expect(report.complete).toBe(false);
    expect(report.lines[0]?.cancels).toEqual({
      cancelled: [],
      stillOpen: [desk.id('entry')],
      reason: 'the exchange still lists it after each cancel',
    });
  });

  it('is not complete when the open orders cannot be read, and still records the halt', async () => {
    const desk = openDesk();
    desk.faults.failedReads = 1_000;
    const report = await desk.kill();
    expect(report).toMatchObject({ complete: false, halt: { recorded: true } });
    expect(report.lines[0]?.cancels.reason).toBe('the exchange is unavailable');
  });

  it('waits longer before each round, and names what is left and what is gone', async () => {
    const desk = openDesk();
    desk.place({ id: desk.id('entry'), side: 'buy', amount: '1' });
    desk.place({ id: desk.id('entry', 1), side: 'buy', amount: '1' });
    desk.faults.stuck.add(desk.id('entry'));
    desk.faults.lostCancels = 1_000;
    const report = await desk.kill();
    expect(report.lines[0]?.cancels).toEqual({
      cancelled: [desk.id('entry', 1)],
      stillOpen: [desk.id('entry')],
      reason: 'no answer',
    });
    // Six rounds, twice, with 0.4 s more before each than before the last.
    expect(desk.reads()).toBe(12);
    expect(desk.slept()).toBe(2 * (400 + 800 + 1_200 + 1_600 + 2_000) + PATIENCE);
  });

  it.each(['EXCHANGE_REFUSED', 'KEYS_MISSING', 'KEYS_EXPOSED', 'KEYS_INVALID'])(
    'does not ask again what %s has answered for good',
    async (code) => {
      const desk = openDesk();
      desk.faults.failedReads = 1_000;
      desk.faults.failure = new AresError(code, 'no such key');
      const report = await desk.kill();
      expect(report.lines[0]?.cancels).toEqual({ cancelled: [], stillOpen: [], reason: 'no such key' });
      expect(report.complete).toBe(false);
      expect(desk.reads()).toBe(2);
    },
  );

  it('asks again what another failure has left open', async () => {
    const desk = openDesk();
    desk.faults.failedReads = 1;
    desk.faults.failure = new AresError('EXCHANGE_UNAVAILABLE', 'no answer');
    expect(await desk.kill()).toMatchObject({ complete: true });
  });

  it('does its work without the ledger, and says that no halt stands there', async () => {
    const desk = openDesk();
    desk.hold();
    const report = await desk.kill({ flatten: true }, SLOT, async () => {
      throw new Error('database is locked');
    });
    expect(report).toMatchObject({ complete: true, halt: { recorded: false, reason: 'database is locked' } });
    expect(report.lines[0]?.sale?.outcome).toBe('sold');
  });

  it('sells what its own trades say, fees taken off, after cancels and halt, under an id no trader makes', async () => {
    const desk = openDesk();
    desk.hold();
    desk.protect();
    desk.place({ id: 'by-hand', side: 'buy', amount: '2', filled: '2', open: false });
    desk.balances.free = desk.balances.free.plus(2);
    const report = await desk.kill({ flatten: true });
    expect(desk.log).toEqual([`cancel ${desk.id('stop_loss')}`, 'sell 0.4995 market']);
    expect(desk.halts).toEqual([`cancel ${desk.id('stop_loss')}`]);
    expect(report).toMatchObject({ complete: true, lines: [{ held: '0' }] });
    const sale = report.lines[0]?.sale;
    expect(sale).toMatchObject({ outcome: 'sold' });
    const id = sale && 'clientOrderId' in sale ? sale.clientOrderId : '';
    expect(parseClientOrderId(SLOT, id)).toEqual({
      barClose: epochMillis(Math.floor(WALL / 1_000) * 1_000),
      leg: 'exit',
      attempt: 0,
      epoch: 0,
    });
  });

  it('never sells more than is free, and never twice with one id', async () => {
    const desk = openDesk();
    desk.hold();
    desk.balances.free = decimal('0.20005');
    const first = await desk.kill({ flatten: true });
    expect(first.lines[0]?.sale).toMatchObject({ outcome: 'sold' });
    desk.balances.free = decimal('0.1');
    const second = await desk.kill({ flatten: true });
    expect(desk.log).toEqual(['sell 0.2 market', 'sell 0.1 market']);
    const ids = [first, second]
      .map(({ lines }) => lines[0]?.sale)
      .map((sale) => (sale && 'clientOrderId' in sale ? sale.clientOrderId : ''));
    expect(new Set(ids).size).toBe(2);
  });

  it('sells nothing it would have to guess, but what it is told', async () => {
    const desk = openDesk();
    desk.hold();
    desk.faults.lostTrades.add(desk.id('entry'));
    const guess = await desk.kill({ flatten: true });
    expect(guess).toMatchObject({ complete: false, lines: [{ held: null, sale: { outcome: 'not_known' } }] });
    expect(desk.log).toEqual([]);
    await desk.kill({ flatten: true, quantity: decimal('0.3') });
    await desk.kill({ flatten: true, quantity: decimal('9') });
    expect(desk.log).toEqual(['sell 0.3 market', 'sell 0.1995 market']);
  });

  it('guesses nothing either where more was sold than bought', async () => {
    const desk = openDesk();
    desk.place({ id: desk.id('exit'), side: 'sell', amount: '1', filled: '1', open: false });
    desk.balances.free = decimal('1');
    const report = await desk.kill({ flatten: true });
    expect(report.lines[0]?.sale).toEqual({
      outcome: 'not_known',
      reason: 'by its trades it sold 1 BTC more than it bought',
    });
  });

  it('leaves what is less than an order takes', async () => {
    const desk = openDesk();
    desk.hold();
    desk.balances.free = decimal('0.0009');
    expect(await desk.kill({ flatten: true })).toMatchObject({
      complete: true,
      lines: [{ sale: { outcome: 'nothing' } }],
    });
    expect(desk.log).toEqual([]);
  });

  it('looks for a sale whose answer was lost, and does not send it again', async () => {
    const desk = openDesk();
    desk.hold();
    let placed = '';
    desk.faults.submit = (order) => {
      placed = order.clientOrderId;
      return { outcome: 'unknown', reason: 'no answer' };
    };
    const lost = await desk.kill({ flatten: true });
    expect(lost).toMatchObject({ complete: false, lines: [{ sale: { outcome: 'unknown', clientOrderId: placed } }] });
    desk.faults.submit = (order) => {
      desk.place({ id: order.clientOrderId, side: 'sell', amount: '0.4995', filled: '0.4995', open: false });
      return { outcome: 'unknown', reason: 'no answer' };
    };
    expect(await desk.kill({ flatten: true })).toMatchObject({
      complete: true,
      lines: [{ sale: { outcome: 'sold' } }],
    });
    expect(desk.log).toHaveLength(2);
  });

  it('says that it is not done when the exchange refuses the sale, or takes only part', async () => {
    const desk = openDesk();
    desk.hold();
    desk.faults.submit = () => ({ outcome: 'rejected', code: '-1013', reason: 'the market is closed' });
    expect(await desk.kill({ flatten: true })).toMatchObject({
      complete: false,
      lines: [{ sale: { outcome: 'failed', reason: '-1013: the market is closed' }, held: '0.4995' }],
    });
    desk.faults.submit = (order) => {
      desk.place({ id: order.clientOrderId, side: 'sell', amount: '0.4995', filled: '0.1', open: false });
      return { outcome: 'unknown', reason: 'no answer' };
    };
    expect(await desk.kill({ flatten: true })).toMatchObject({
      complete: false,
      lines: [{ sale: { outcome: 'sold_in_part' } }],
    });
  });

  it('sends no sale that the check of every order refuses', async () => {
    const desk = openDesk();
    desk.hold();
    desk.faults.close = undefined;
    const report = await desk.kill({ flatten: true });
    expect(report.lines[0]?.sale).toEqual({
      outcome: 'failed',
      reason: 'malformed: reference price must be above 0, was 0',
    });
    expect(desk.log).toEqual([]);
  });

  it('follows a sale until it has ended, through failed looks', async () => {
    const desk = openDesk();
    desk.hold();
    desk.faults.failedLooks = 3;
    desk.faults.submit = ({ clientOrderId: id }) => {
      desk.place({ id, side: 'sell', amount: '0.4995' });
      const report = desk.order(id);
      desk.place({ id, side: 'sell', amount: '0.4995', filled: '0.4995', open: false });
      return { outcome: 'acknowledged', report, fills: [] };
    };
    expect(await desk.kill({ flatten: true })).toMatchObject({ lines: [{ sale: { outcome: 'sold' } }] });
    expect(desk.slept()).toBe(4 * 250 + PATIENCE);
  });

  it('goes by the acknowledgement where the sale cannot be looked for', async () => {
    const desk = openDesk();
    desk.hold();
    desk.faults.failedLooks = 1_000;
    desk.faults.submit = ({ clientOrderId: id }) => {
      desk.place({ id, side: 'sell', amount: '0.4995' });
      return { outcome: 'acknowledged', report: desk.order(id), fills: [] };
    };
    const { lines } = await desk.kill({ flatten: true });
    const sale = lines[0]?.sale;
    expect(sale).toMatchObject({ outcome: 'sold_in_part' });
    expect(sale && 'filled' in sale ? sale.filled.toFixed() : '').toBe('0');
  });

  it.each([
    [
      'all of',
      '0.4995',
      { outcome: 'failed', reason: expect.stringContaining('0.4995 BTC are to be sold, 0 are free') },
    ],
    ['a part of', '0.3', { outcome: 'sold_in_part', filled: decimal('0.1995') }],
  ])('is not complete when a trader that lives has locked %s the position anew', async (_, amount, sale) => {
    const desk = openDesk();
    desk.hold();
    const report = await desk.kill({ flatten: true }, SLOT, async () => {
      desk.protect(amount);
      throw new Error('the ledger is down');
    });
    expect(report).toMatchObject({ complete: false, lines: [{ sale }] });
  });

  it('sells nothing where the account has none, and says why', async () => {
    const desk = openDesk();
    desk.hold();
    desk.faults.noBalance = true;
    const { lines } = await desk.kill({ flatten: true });
    expect(lines[0]?.sale).toEqual({
      outcome: 'nothing',
      reason: '0.4995 BTC held, 0 free: less than an order takes',
    });
    const rules = await desk.ports.exchange.rules('BTC/USDT');
    expect((await planKill(SLOT, rules, { ...WISH, flatten: true }, desk.ports)).sell.toFixed()).toBe('0');
  });

  it('does not let the failure of one thing hide what was done of another', async () => {
    const desk = openDesk();
    desk.place({ id: desk.id('entry'), side: 'buy', amount: '1' });
    desk.faults.failedRules = true;
    expect(await desk.kill({ flatten: true })).toMatchObject({
      complete: false,
      lines: [
        {
          cancels: { cancelled: [desk.id('entry')], stillOpen: [] },
          sale: { outcome: 'failed', reason: 'the exchange is unavailable' },
          held: null,
        },
      ],
    });
  });

  it('sells as much as one order may have, and says that there is more', async () => {
    const desk = openDesk();
    desk.hold();
    desk.faults.maxQuantity = '0.3';
    expect(await desk.kill({ flatten: true })).toMatchObject({
      complete: false,
      lines: [{ sale: { outcome: 'sold_in_part' }, held: '0.1995' }],
    });
    expect(await desk.kill({ flatten: true })).toMatchObject({ complete: true, lines: [{ held: '0' }] });
    expect(desk.log).toEqual(['sell 0.3 market', 'sell 0.1995 market']);
  });

  it('leaves stops where they are when told so', async () => {
    const desk = openDesk();
    desk.hold();
    desk.protect('0.2');
    desk.place({ id: desk.id('take_profit'), side: 'sell', amount: '0.1' });
    desk.place({ id: desk.id('entry', 1), side: 'buy', amount: '1' });
    const report = await desk.kill({ keepStops: true });
    expect(report.complete).toBe(true);
    expect(desk.openIds()).toEqual([desk.id('stop_loss'), desk.id('take_profit')]);
  });

  it('says beforehand what it would do, and sends nothing for it', async () => {
    const desk = openDesk();
    desk.hold();
    desk.protect('0.3');
    desk.place({ id: 'by-hand', side: 'buy', amount: '1' });
    const rules = await desk.ports.exchange.rules('BTC/USDT');
    const plan = await planKill(SLOT, rules, { ...WISH, flatten: true }, desk.ports);
    expect(plan.open.map(({ clientOrderId }) => clientOrderId)).toEqual([desk.id('stop_loss')]);
    expect(plan).toMatchObject({ foreign: 1, kept: [], position: { known: true } });
    // What its own stop locks is free once that is cancelled.
    expect(plan.sell.toFixed()).toBe('0.4995');
    const kept = await planKill(SLOT, rules, { ...WISH, keepStops: true }, desk.ports);
    expect([kept.open.length, kept.kept.length]).toEqual([0, 1]);
    expect(desk.log).toEqual([]);
  });
});
