import { describe, expect, it } from 'vitest';
import { auditEntryKey } from '../../../src/core/audit/audit-entry.ts';
import { verifyAudit } from '../../../src/core/audit/verify-audit.ts';
import { indexes, keys } from '../../../src/core/ledger-keys.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Fill } from '../../../src/core/ports/exchange.ts';
import { type DecisionInputs, decisionInputsHash } from '../../../src/core/trading/decision-inputs.ts';
import { createLedgerJournal, type LedgerJournalOptions } from '../../../src/core/trading/ledger-journal.ts';
import { decimal, price, quantity, ZERO } from '../../../src/core/trading/money.ts';
import type { OwnOrder } from '../../../src/core/trading/own-order.ts';
import { accountToJson, openAccount, parseAccount } from '../../../src/core/trading/slot-account.ts';
import { slot } from '../../support/engine-harness.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { takeLease } from '../../support/slot-trader.ts';

const MARKET_TIME = epochMillis(600_000);
const HASH = 'ab'.repeat(32);
const WALL_TIME = epochMillis(1_700_000_000_000);

const fill = (tradeId: string, amount: string, at: string, fee: string, feeAsset = 'BTC'): Fill => ({
  symbol: 'BTC/USDT',
  tradeId,
  exchangeOrderId: '77',
  side: 'buy',
  price: price(at),
  quantity: quantity(amount),
  fee: decimal(fee),
  feeAsset,
  executedAt: epochMillis(540_010),
});

const intent: OwnOrder = {
  clientOrderId: 'ar-1',
  exchangeOrderId: null,
  symbol: 'BTC/USDT',
  side: 'buy',
  leg: 'entry',
  type: 'market',
  quantity: quantity('3'),
  limitPrice: null,
  stopPrice: null,
  pairId: null,
  barClose: epochMillis(540_000),
  modelHash: HASH,
  state: 'intent',
  filled: quantity('0'),
  fills: new Map(),
  updatedAt: epochMillis(540_000),
  reason: null,
};

const filled: OwnOrder = {
  ...intent,
  exchangeOrderId: '77',
  state: 'filled',
  filled: quantity('3'),
  fills: new Map(
    [fill('t1', '1', '100', '0.001'), fill('t2', '2', '103', '0.002'), fill('t3', '0', '103', '0.5', 'BNB')].map(
      (one) => [one.tradeId, one],
    ),
  ),
};

const account = { ...openAccount({ base: ZERO, quote: decimal('10000') }, decimal('10000')), trades: 4 };

/** A slot whose books stand at version 1, and a journal on them. */
async function scene(options: Partial<LedgerJournalOptions> = {}) {
  const ledger = createMemoryLedger();
  const guard = await takeLease(ledger, 'one');
  await ledger.append([{ key: keys.account(slot), value: accountToJson(account) }]);
  const failures: unknown[] = [];
  const journal = createLedgerJournal(
    {
      slot,
      sessionId: 'session-1',
      guard,
      accountVersion: 1,
      orderVersions: new Map(),
      marketTime: () => MARKET_TIME,
      onFailure: (error) => failures.push(error),
      ...options,
    },
    { ledger, wallClock: { now: () => WALL_TIME } },
  );
  const stored = async (id: string) => ledger.get(keys.order(slot, id));
  const unsettled = async () => {
    const { pk } = indexes.unsettledOrders(slot);
    const page = await ledger.query({ table: 'state', pk, by: 'index', limit: 10 });
    return page.items.map(({ key }) => key.sk);
  };
  const audit = async () => {
    const { pk } = auditEntryKey('trading', 1);
    expect((await verifyAudit(ledger)).valid).toBe(true);
    return (await ledger.query({ table: 'audit', pk, limit: 10 })).items.map(({ value }) => value);
  };
  const accountItem = async () => {
    const item = await ledger.get(keys.account(slot));
    return { version: item?.version, trades: parseAccount(item?.value ?? {}).trades };
  };
  const steal = () => takeLease(ledger, 'two');
  return { ledger, journal, failures, stored, unsettled, audit, accountItem, steal };
}

describe('the journal of a trader', () => {
  it('keeps an intent where recovery looks for it, without audit or event', async () => {
    const { journal, stored, unsettled, audit, ledger } = await scene();
    journal.intent(intent);
    await journal.flush();
    expect(await stored('ar-1')).toMatchObject({
      version: 1,
      value: { clientOrderId: 'ar-1', state: 'intent', quantity: '3', modelHash: HASH, settled: false },
    });
    expect(await unsettled()).toEqual(['ar-1']);
    expect(await audit()).toEqual([]);
    expect(ledger.events).toEqual([]);
  });

  it('settles a trade: order, fills, account, audit and event as one', async () => {
    const { journal, stored, unsettled, audit, accountItem, ledger } = await scene();
    journal.intent(intent);
    journal.settled(filled, { ...account, trades: 5 }, decimal('-1.25'));
    await journal.flush();
    expect(await stored('ar-1')).toMatchObject({ version: 2, value: { state: 'filled', settled: true } });
    expect(await unsettled()).toEqual([]);
    expect(await accountItem()).toEqual({ version: 2, trades: 5 });
    expect((await ledger.get(keys.fill(slot, 540_010, 't2')))?.value).toEqual({
      clientOrderId: 'ar-1',
      exchangeOrderId: '77',
      symbol: 'BTC/USDT',
      tradeId: 't2',
      side: 'buy',
      price: '103',
      quantity: '2',
      fee: '0.002',
      feeAsset: 'BTC',
      executedAt: 540_010,
    });
    expect(await audit()).toMatchObject([
      {
        eventType: 'TradeExecuted',
        action: 'filled',
        user: 'trader',
        sessionId: 'session-1',
        timestamp: MARKET_TIME,
        details: {
          slot,
          clientOrderId: 'ar-1',
          symbol: 'BTC/USDT',
          side: 'buy',
          quantity: '3',
          filled: '3',
          averagePrice: '102',
          realisedPnl: '-1.25',
          modelHash: HASH,
          reason: null,
        },
      },
    ]);
    expect(ledger.events).toMatchObject([
      {
        detailType: 'TradeExecuted',
        detail: {
          metadata: {
            id: 'settle:ar-1:event',
            version: 1,
            occurredAt: MARKET_TIME,
            correlationId: 'ar-1',
            causationId: null,
            slot,
            sequence: 5,
          },
          data: {
            clientOrderId: 'ar-1',
            symbol: 'BTC/USDT',
            exchangeOrderId: '77',
            side: 'buy',
            quantity: '3',
            averagePrice: '102',
            fees: { BTC: '0.003', BNB: '0.5' },
            realisedPnl: '-1.25',
            modelHash: HASH,
            barClose: 540_000,
          },
        },
      },
    ]);
  });

  it.each([
    ['-2010: no money', '-2010: no money'],
    [null, 'ended without a fill'],
  ])('settles an order without a fill as a rejection: reason %s', async (reason, said) => {
    const { journal, audit, accountItem, ledger } = await scene();
    journal.settled({ ...intent, state: 'rejected', reason }, account, ZERO);
    await journal.flush();
    expect(await accountItem()).toMatchObject({ version: 2 });
    expect(await audit()).toMatchObject([
      { eventType: 'OrderRejected', action: 'rejected', details: { filled: '0', averagePrice: null, reason } },
    ]);
    expect(ledger.events).toMatchObject([
      {
        detailType: 'OrderRejected',
        detail: {
          metadata: { correlationId: 'ar-1', sequence: 4 },
          data: { clientOrderId: 'ar-1', symbol: 'BTC/USDT', code: 'rejected', reason: said },
        },
      },
    ]);
  });

  it('says nothing of an exchange id that a filled order never got', async () => {
    const { journal, ledger } = await scene();
    journal.settled({ ...filled, exchangeOrderId: null }, account, ZERO);
    await journal.flush();
    expect(ledger.events).toMatchObject([{ detail: { data: { exchangeOrderId: '' } } }]);
  });

  it('keeps an order that has ended but misses fills among the unsettled ones', async () => {
    const { journal, unsettled, stored } = await scene();
    journal.intent({ ...filled, fills: new Map() });
    await journal.flush();
    expect(await unsettled()).toEqual(['ar-1']);
    expect((await stored('ar-1'))?.value).toMatchObject({ settled: false });
  });

  it('goes on from the versions recovery has read', async () => {
    const { journal, stored, ledger, failures } = await scene({ orderVersions: new Map([['ar-1', 1]]) });
    await ledger.append([{ key: keys.order(slot, 'ar-1'), value: {} }]);
    journal.settled(filled, account, ZERO);
    await journal.flush();
    expect([(await stored('ar-1'))?.version, failures]).toEqual([2, []]);
  });

  it('writes decisions where the bar says, the later one of a bar in place of the earlier', async () => {
    const { journal, ledger } = await scene();
    const inputs = { slot, close: 1.5, equity: decimal('10.50') } as unknown as DecisionInputs;
    const decision = { barClose: epochMillis(540_000), reason: 'first' } as Parameters<typeof journal.decision>[0];
    journal.decision(decision, inputs);
    journal.decision({ ...decision, reason: 'second' }, inputs);
    await journal.flush();
    expect((await ledger.get(keys.decision(slot, 540_000)))?.value).toMatchObject({
      reason: 'second',
      inputs: { slot, close: 1.5, equity: '10.5' },
      inputsHash: decisionInputsHash({ close: 1.5, equity: '10.5', slot }),
    });
  });

  it('books a transfer once, with the baseline it changed and an entry of its own', async () => {
    const { journal, ledger, accountItem, audit, failures } = await scene();
    const transfer = { id: 'deposit-7', asset: 'USDT', amount: decimal('250.5'), at: epochMillis(550_000) };
    const grown = { ...account, baseline: { ...account.baseline, quote: decimal('10250.5') } };
    journal.transferred(transfer, grown);
    await journal.flush();
    expect((await accountItem()).version).toBe(2);
    expect((await ledger.get(keys.transfer(slot, 'deposit-7')))?.value).toMatchObject({
      asset: 'USDT',
      amount: '250.5',
    });
    expect(await audit()).toMatchObject([
      { eventType: 'TransferBooked', action: 'deposit', details: { slot, id: 'deposit-7', amount: '250.5' } },
    ]);
    expect(ledger.events).toEqual([]);
    expect(failures).toEqual([]);
    journal.transferred(transfer, grown);
    await expect(journal.flush()).rejects.toMatchObject({ code: 'FENCED' });
  });

  it('says of an order that was cancelled unfilled that it was, and tells nobody that it was refused', async () => {
    const { journal, audit, ledger } = await scene();
    journal.intent(intent);
    journal.settled({ ...intent, leg: 'stop_loss', state: 'cancelled' }, account, ZERO);
    await journal.flush();
    expect(await audit()).toMatchObject([{ eventType: 'OrderCancelled', action: 'cancelled' }]);
    expect(ledger.events).toEqual([]);
  });

  it('moves the marks as often as it is told', async () => {
    const { journal, accountItem, audit } = await scene();
    journal.marked({ ...account, trades: 7 });
    journal.marked({ ...account, trades: 8 });
    await journal.flush();
    expect(await accountItem()).toEqual({ version: 3, trades: 8 });
    expect(await audit()).toEqual([]);
  });

  it('audits each swap and each failure, a failure with an event of the time at the wall', async () => {
    const { journal, audit, ledger } = await scene();
    const swap = { fromRunId: null, toRunId: 'run-1', modelHash: HASH };
    journal.swapped(swap);
    journal.swapped({ ...swap, fromRunId: 'run-1', toRunId: 'run-2' });
    journal.failed({ code: 'MODEL_INVALID', message: 'it was not loaded' });
    journal.failed({ code: 'MODEL_INVALID', message: 'it was not loaded' });
    await journal.flush();
    expect(await audit()).toMatchObject([
      { eventType: 'ModelSwapped', action: 'swap', details: { slot, ...swap } },
      { eventType: 'ModelSwapped', action: 'swap', details: { slot, fromRunId: 'run-1', toRunId: 'run-2' } },
      { eventType: 'SystemError', action: 'MODEL_INVALID', details: { slot, message: 'it was not loaded' } },
      { eventType: 'SystemError', action: 'MODEL_INVALID' },
    ]);
    expect(ledger.events).toHaveLength(2);
    expect(ledger.events[0]).toMatchObject({
      detailType: 'SystemError',
      detail: {
        metadata: { sequence: WALL_TIME },
        data: { component: 'trader', code: 'MODEL_INVALID', message: 'it was not loaded' },
      },
    });
  });

  it.each(['intent', 'settled', 'marked', 'swapped', 'failed'] as const)(
    'writes nothing once another trader owns the slot: %s',
    async (kind) => {
      const { journal, failures, steal, audit, accountItem, stored, ledger } = await scene();
      await steal();
      if (kind === 'intent') journal.intent(intent);
      else if (kind === 'settled') journal.settled(filled, account, ZERO);
      else if (kind === 'marked') journal.marked(account);
      else if (kind === 'swapped') journal.swapped({ fromRunId: null, toRunId: 'run-1', modelHash: HASH });
      else journal.failed({ code: 'X', message: 'y' });
      await expect(journal.flush()).rejects.toMatchObject({ code: 'FENCED' });
      expect(failures).toMatchObject([{ code: 'FENCED' }]);
      expect(await audit()).toEqual([]);
      expect([await accountItem(), await stored('ar-1'), ledger.events]).toEqual([
        { version: 1, trades: 4 },
        undefined,
        [],
      ]);
    },
  );

  it('names what had changed, reports the failure at once, and fails every flush with it', async () => {
    const { journal, failures } = await scene({ accountVersion: 9 });
    journal.marked(account);
    const failure = {
      code: 'FENCED',
      message: `the trader must own ${slot} and its books, but these had changed: ${keys.account(slot).sk}`,
    };
    await expect(journal.flush()).rejects.toMatchObject(failure);
    journal.marked(account);
    await expect(journal.flush()).rejects.toMatchObject(failure);
    expect(failures).toMatchObject([failure]);
  });

  it('writes nothing after a write has failed: the next account would hold what was never settled', async () => {
    const { journal, failures, ledger, accountItem, stored } = await scene();
    let isDown = true;
    ledger.beforeCommit = () => {
      if (isDown) throw new Error('disk full');
    };
    journal.settled(filled, account, ZERO);
    await expect(journal.flush()).rejects.toThrow('disk full');
    isDown = false;
    journal.settled({ ...intent, clientOrderId: 'ar-2', leg: 'stop_loss', state: 'cancelled' }, account, ZERO);
    journal.marked(account);
    await expect(journal.flush()).rejects.toThrow('disk full');
    expect([await accountItem(), await stored('ar-1'), await stored('ar-2')]).toEqual([
      { version: 1, trades: 4 },
      undefined,
      undefined,
    ]);
    expect(failures).toHaveLength(1);
  });

  it('writes in the order it was told, and has written everything when a flush resolves', async () => {
    const { journal, ledger } = await scene();
    const tokens: string[] = [];
    ledger.beforeCommit = async (token) => {
      await new Promise((resolve) => setImmediate(resolve));
      tokens.push(token.split(':')[0] ?? '');
    };
    journal.intent(intent);
    journal.swapped({ fromRunId: null, toRunId: 'run-1', modelHash: HASH });
    journal.settled(filled, account, ZERO);
    journal.marked(account);
    expect(tokens).toEqual([]);
    await journal.flush();
    expect(tokens).toEqual(['intent', 'swap', 'settle', 'mark']);
  });
});
