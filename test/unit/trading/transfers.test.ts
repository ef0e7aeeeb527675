import { describe, expect, it } from 'vitest';
import { queryAudit } from '../../../src/core/audit/query-audit.ts';
import { verifyAudit } from '../../../src/core/audit/verify-audit.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { StreamMessage } from '../../../src/core/ports/exchange.ts';
import type { ApprovedOrder } from '../../../src/core/risk/approved-order.ts';
import { createExposure } from '../../../src/core/risk/exposure.ts';
import type { SimulatedExchange } from '../../../src/core/simulation/simulated-exchange.ts';
import { clientOrderId } from '../../../src/core/trading/client-order-id.ts';
import { decimal, price, quantity } from '../../../src/core/trading/money.ts';
import { newReconcileMemory, reconcileLine } from '../../../src/core/trading/reconcile-line.ts';
import { requestBalanceAcceptance } from '../../../src/core/trading/request-balance-acceptance.ts';
import { parseAccount, type SlotAccount } from '../../../src/core/trading/slot-account.ts';
import { claimTransfers, explaining } from '../../../src/core/trading/transfers.ts';
import { BAR, bar, scriptedModel, slot } from '../../support/engine-harness.ts';
import { createMemoryLedger, type MemoryLedger } from '../../support/memory-ledger.ts';
import { newMarkets, startSlotTrader, takeLease } from '../../support/slot-trader.ts';

const BTC = slot;
const ETH = 'paper:trend:ETH/USDT:1m' as SlotId;

const accountOf = async (ledger: MemoryLedger, line: SlotId): Promise<SlotAccount> =>
  parseAccount((await ledger.get(keys.account(line)))?.value ?? {});

const byHand = (rest: object): ApprovedOrder =>
  ({
    symbol: 'BTC/USDT',
    clientOrderId: 'by-hand',
    side: 'buy',
    type: 'market',
    quantity: quantity('0.01'),
    referencePrice: price('40000'),
    ...rest,
  }) as unknown as ApprovedOrder;

async function twoMarkets() {
  const exchange = newMarkets(['BTC/USDT', 'ETH/USDT']);
  const ledger = createMemoryLedger();
  const listeners = new Map<string, (message: StreamMessage) => void>();
  const feeds = ['BTC/USDT', 'ETH/USDT'].map((symbol) => ({ symbol, timeframe: '1m' as never }));
  await exchange.stream({ feeds }, (message) => {
    for (const listener of listeners.values()) listener(message);
  });
  const funds = createExposure();
  const start = (line: SlotId, model = scriptedModel((n) => (n % 2 === 0 ? 0.9 : 0.1))) =>
    startSlotTrader(ledger, exchange, (to) => void listeners.set(line, to), { line, model, funds });
  const stop = (line: SlotId): void => void listeners.delete(line);
  return { exchange, ledger, start, stop };
}

/** Σ over all lines of (baseline + cash flow) is what the exchange has of the quote currency. */
async function quoteAddsUp(ledger: MemoryLedger, exchange: SimulatedExchange, lines: readonly SlotId[]): Promise<void> {
  let sum = decimal('0');
  for (const line of lines) {
    const { baseline, quoteFlow } = await accountOf(ledger, line);
    sum = sum.plus(baseline.quote).plus(quoteFlow);
  }
  const balance = (await exchange.balances()).get('USDT');
  expect(sum.toFixed()).toBe(balance?.free.plus(balance.locked).toFixed());
}

const settle = async (): Promise<void> => {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('deposits and withdrawals', () => {
  it('that came while nobody traded go into the baseline, once, with an audit entry, and into no profit', async () => {
    const { exchange, ledger, start, stop } = await twoMarkets();
    await start(BTC);
    stop(BTC);
    exchange.play(bar(1));
    const { id } = exchange.transfer('USDT', decimal('250'));
    exchange.transfer('BTC', decimal('0.5'));
    const { recovery } = await start(BTC);
    expect(recovery).toMatchObject({ outcome: 'ready' });
    const account = await accountOf(ledger, BTC);
    expect([account.baseline.quote.toFixed(), account.baseline.base.toFixed()]).toEqual(['10250', '0.5']);
    expect([account.quoteFlow.toFixed(), account.realisedPnl.toFixed()]).toEqual(['0', '0']);
    expect((await ledger.get(keys.transfer(BTC, id)))?.value).toMatchObject({ asset: 'USDT', amount: '250' });
    stop(BTC);
    expect((await start(BTC)).recovery).toMatchObject({ outcome: 'ready' });
    expect((await accountOf(ledger, BTC)).baseline.quote.toFixed()).toBe('10250');
    const { entries } = await queryAudit(ledger, { stream: 'trading', eventType: 'TransferBooked', limit: 10 });
    expect(entries).toHaveLength(2);
    expect((await verifyAudit(ledger)).valid).toBe(true);
  });

  it('of the shared currency are booked by one line of the account only', async () => {
    const { exchange, ledger, start, stop } = await twoMarkets();
    for (const line of [BTC, ETH]) {
      await start(line);
      stop(line);
    }
    exchange.play(bar(1), 'BTC/USDT');
    exchange.transfer('USDT', decimal('-100'));
    for (const line of [BTC, ETH, BTC]) {
      expect((await start(line)).recovery.outcome).toBe('ready');
      stop(line);
    }
    const quotes = [(await accountOf(ledger, BTC)).baseline.quote, (await accountOf(ledger, ETH)).baseline.quote];
    expect(quotes.map((quote) => quote.toFixed())).toEqual(['9900', '0']);
    await quoteAddsUp(ledger, exchange, [BTC, ETH]);
  });

  it('that two lines find at once go to one of them', async () => {
    const { exchange, ledger, start, stop } = await twoMarkets();
    for (const line of [BTC, ETH]) {
      await start(line);
      stop(line);
    }
    exchange.play(bar(1), 'BTC/USDT');
    exchange.transfer('USDT', decimal('40'));
    const both = await Promise.all([start(BTC), start(ETH)]);
    expect(both.map(({ recovery }) => recovery.outcome)).toEqual(['ready', 'ready']);
    await quoteAddsUp(ledger, exchange, [BTC, ETH]);
  });

  it('that another line has taken and not booked yet are counted as its own, and booked when it recovers', async () => {
    const { exchange, ledger, start, stop } = await twoMarkets();
    for (const line of [BTC, ETH]) {
      await start(line);
      stop(line);
    }
    exchange.play(bar(1), 'BTC/USDT');
    const transfer = exchange.transfer('USDT', decimal('40'));
    // BTC's trader dies between the two.
    expect(await claimTransfers(BTC, [transfer], await takeLease(ledger, 'dying', BTC), ledger)).toBe(true);
    expect((await start(ETH)).recovery.outcome).toBe('ready');
    expect((await accountOf(ledger, ETH)).baseline.quote.toFixed()).toBe('0');
    expect((await start(BTC)).recovery.outcome).toBe('ready');
    expect((await accountOf(ledger, BTC)).baseline.quote.toFixed()).toBe('10040');
  });

  it('that were there when the books were opened are not booked again', async () => {
    const { exchange, ledger, start, stop } = await twoMarkets();
    exchange.play(bar(1));
    const { id } = exchange.transfer('USDT', decimal('500'));
    await start(BTC);
    stop(BTC);
    expect((await start(BTC)).recovery.outcome).toBe('ready');
    expect((await accountOf(ledger, BTC)).baseline.quote.toFixed()).toBe('10500');
    // Nor can it explain a difference of another day.
    expect(await ledger.get(keys.transfer(BTC, id))).toBeDefined();
  });

  it('explain a difference by some of them in a row, and nothing else', () => {
    const free = [100, 20, 3].map((amount, at) => ({
      id: String(at),
      asset: 'USDT',
      amount: decimal(String(amount)),
      at: epochMillis(at),
    }));
    const ids = (difference: string) => explaining(decimal(difference), 'USDT', free).map(({ id }) => id);
    expect(ids('120')).toEqual(['0', '1']);
    expect(ids('3')).toEqual(['2']);
    expect(ids('123')).toEqual(['0', '1', '2']);
    expect(ids('103')).toEqual([]);
    expect(ids('-3')).toEqual([]);
    expect(explaining(decimal('3'), 'BTC', free)).toEqual([]);
  });
});

describe('lines of one account', () => {
  it('open with what no other line has of the shared currency, and add up to what the exchange has whatever they trade', async () => {
    const { exchange, ledger, start } = await twoMarkets();
    const btc = await start(BTC);
    exchange.play(bar(1), 'BTC/USDT');
    await btc.engine.idle();
    await settle();
    expect((await accountOf(ledger, BTC)).quoteFlow.lt(0)).toBe(true);
    const eth = await start(ETH);
    expect(eth.recovery.outcome).toBe('ready');
    expect((await accountOf(ledger, ETH)).baseline.quote.toFixed()).toBe('0');
    for (let index = 2; index < 6; index += 1) {
      exchange.playAll(
        new Map([
          ['BTC/USDT', bar(index)],
          ['ETH/USDT', bar(index, 2_000)],
        ]),
      );
      await btc.engine.idle();
      await eth.engine.idle();
      await settle();
    }
    expect([btc.failures, eth.failures]).toEqual([[], []]);
    await quoteAddsUp(ledger, exchange, [BTC, ETH]);
    expect((await start(BTC)).recovery.outcome).toBe('ready');
    expect((await start(ETH)).recovery.outcome).toBe('ready');
  });

  it('that open at the same moment do not both take the account’s money for theirs', async () => {
    const { exchange, ledger, start } = await twoMarkets();
    await Promise.all([start(BTC), start(ETH)]);
    await quoteAddsUp(ledger, exchange, [BTC, ETH]);
  });
});

describe('a balance that a person accepts', () => {
  const command = { id: 'c1', user: 'ada', now: epochMillis(5), sessionId: 's', reason: 'sold by hand' };

  it('becomes the baseline at the next recovery, with an audit entry, and is neither profit nor loss', async () => {
    const { exchange, ledger, start, stop } = await twoMarkets();
    await start(BTC);
    stop(BTC);
    exchange.play(bar(1), 'BTC/USDT');
    await exchange.submit(byHand({}));
    expect((await start(BTC)).recovery.outcome).toBe('mismatch');
    stop(BTC);
    await requestBalanceAcceptance({ ...command, slot: BTC }, { ledger });
    const { recovery } = await start(BTC);
    expect(recovery).toMatchObject({ outcome: 'ready' });
    const account = await accountOf(ledger, BTC);
    expect(account.baseline.base.toFixed()).toBe('0.00999');
    expect([account.realisedPnl.toFixed(), account.quoteFlow.toFixed()]).toEqual(['0', '0']);
    const { entries } = await queryAudit(ledger, { stream: 'trading', eventType: 'BalanceAccepted', limit: 10 });
    expect(entries).toMatchObject([{ user: 'ada', details: { slot: BTC, reason: 'sold by hand' } }]);
    expect(await ledger.get(keys.balanceAcceptance(BTC))).toBeUndefined();
  });

  it('is not accepted for another day: a word that was not needed is dropped', async () => {
    const { exchange, ledger, start, stop } = await twoMarkets();
    await start(BTC);
    stop(BTC);
    await requestBalanceAcceptance({ ...command, slot: BTC }, { ledger });
    expect((await start(BTC)).recovery.outcome).toBe('ready');
    stop(BTC);
    exchange.play(bar(1), 'BTC/USDT');
    await exchange.submit(byHand({}));
    expect((await start(BTC)).recovery.outcome).toBe('mismatch');
  });

  it('takes a position that was sold by hand out of the books at what it cost', async () => {
    const { exchange, ledger, start, stop } = await twoMarkets();
    const first = await start(
      BTC,
      scriptedModel(() => 0.9),
    );
    exchange.play(bar(1), 'BTC/USDT');
    await first.engine.idle();
    await settle();
    stop(BTC);
    const held = (await accountOf(ledger, BTC)).position;
    expect(held.quantity.gt(0)).toBe(true);
    await exchange.submit(byHand({ side: 'sell', quantity: quantity(held.quantity.round(5, 0)) }));
    await requestBalanceAcceptance({ ...command, slot: BTC }, { ledger });
    expect((await start(BTC)).recovery.outcome).toBe('ready');
    const { position, baseline, realisedPnl } = await accountOf(ledger, BTC);
    const left = (await exchange.balances()).get('BTC');
    expect(position.quantity.toFixed()).toBe(left?.free.toFixed() ?? '0');
    expect([baseline.base.toFixed(), realisedPnl.toFixed()]).toEqual(['0', '0']);
  });

  it('lets an order that doubled an id be, and the slot trade on', async () => {
    const { exchange, ledger, start, stop } = await twoMarkets();
    const first = await start(
      BTC,
      scriptedModel(() => 0.9),
    );
    exchange.play(bar(1), 'BTC/USDT');
    await first.engine.idle();
    await settle();
    stop(BTC);
    const [own] = await exchange.ordersSince('BTC/USDT', epochMillis(0));
    await exchange.submit(byHand({ clientOrderId: own?.clientOrderId }));
    expect((await start(BTC)).recovery.outcome).toBe('mismatch');
    stop(BTC);
    await requestBalanceAcceptance({ ...command, slot: BTC }, { ledger });
    expect((await start(BTC)).recovery).toMatchObject({ outcome: 'ready' });
  });
});

describe('reconciliation while it trades', () => {
  async function trading(line: SlotId = BTC) {
    const all = await twoMarkets();
    const trader = await all.start(line);
    const memory = newReconcileMemory(epochMillis(0));
    const play = async (index: number) => {
      all.exchange.play(bar(index), 'BTC/USDT');
      await trader.engine.idle();
      await settle();
    };
    const rules = await all.exchange.rules('BTC/USDT');
    const look = (change: Partial<SimulatedExchange> = {}) =>
      reconcileLine({ line, rules, barMillis: BAR, guard: trader.guard }, memory, () => 0, {
        engine: trader.engine,
        exchange: { ...all.exchange, ...change },
        ledger: all.ledger,
      });
    return { ...all, trader, play, look };
  }

  it('finds books and exchange equal after every bar', async () => {
    const { play, look } = await trading();
    for (let index = 1; index < 8; index += 1) {
      await play(index);
      expect(await look()).toMatchObject({ outcome: 'match', newForeign: [] });
    }
  });

  it('hands a deposit to the engine once, and finds them equal afterwards', async () => {
    const { exchange, ledger, trader, play, look } = await trading();
    await play(1);
    exchange.transfer('USDT', decimal('70'));
    const found = await look();
    expect(found).toMatchObject({ outcome: 'news', messages: [{ kind: 'transfers' }] });
    // Before the engine has booked it, it is not handed over again.
    expect((await look()).outcome).toBe('mismatch');
    if (found.outcome === 'news') for (const message of found.messages) trader.engine.accept(message);
    await trader.engine.idle();
    await settle();
    expect(await look()).toMatchObject({ outcome: 'match' });
    expect((await accountOf(ledger, BTC)).baseline.quote.toFixed()).toBe('10070');
  });

  it.each(['ordersSince', 'balances'] as const)('says nothing when the line trades while %s is read', async (read) => {
    const { exchange, play, look } = await trading();
    await play(1);
    const slowly = async (...args: never[]) => {
      const before = await (exchange[read] as (...args: never[]) => Promise<unknown>)(...args);
      await play(2);
      return before as never;
    };
    expect(await look({ [read]: slowly })).toMatchObject({
      outcome: 'inconclusive',
      reason: 'the line traded meanwhile',
    });
  });

  it('names orders of ours that nobody knows of', async () => {
    const { exchange, play, look } = await trading();
    await play(1);
    const id = (attempt: number) =>
      clientOrderId({ slot, barClose: epochMillis(9 * BAR), leg: 'entry', attempt, epoch: 77 });
    await exchange.submit(byHand({ clientOrderId: id(0), type: 'limit', limitPrice: price('39000') }));
    await exchange.submit(byHand({ clientOrderId: id(1), quantity: quantity('0.001') }));
    const found = await look();
    expect(found).toMatchObject({ outcome: 'mismatch' });
    expect(found.outcome === 'mismatch' && found.findings).toEqual(
      expect.arrayContaining([
        `order ${id(0)} rests on the exchange and is in no books`,
        `order ${id(1)} has traded 0.001 and is in no books`,
      ]),
    );
  });

  it('names the balances that differ', async () => {
    const { exchange, play, look } = await trading();
    await play(1);
    await exchange.submit(byHand({}));
    expect(await look()).toMatchObject({
      outcome: 'mismatch',
      findings: [expect.stringMatching(/^balance of BTC must be .*, was /), expect.stringMatching(/^balance of USDT/)],
    });
  });

  it('reports an order of somebody else once, and compares on', async () => {
    const { exchange, play, look } = await trading();
    await play(1);
    await exchange.submit(byHand({ type: 'limit', limitPrice: price('39000') }));
    expect(await look()).toMatchObject({ outcome: 'match', newForeign: [{ clientOrderId: 'by-hand' }] });
    expect(await look()).toMatchObject({ outcome: 'match', newForeign: [] });
  });

  it.each(['openOrders', 'ordersSince', 'fillsSince', 'balances', 'transfersSince'] as const)(
    'fails when %s cannot be read, and never takes that for equal',
    async (read) => {
      const { exchange, play, look } = await trading();
      await play(1);
      // Transfers are asked for when there is something to explain.
      if (read === 'transfersSince') exchange.transfer('USDT', decimal('1'));
      const broken = () => Promise.reject(new Error(`no ${read}`));
      await expect(look({ [read]: broken })).rejects.toThrow(`no ${read}`);
    },
  );
});
