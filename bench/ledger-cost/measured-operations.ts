import { createDynamoLedger } from '../../src/adapters/aws/dynamo-ledger.ts';
import type { DynamoOptions } from '../../src/adapters/aws/dynamo-options.ts';
import { createDynamoOutbox } from '../../src/adapters/aws/dynamo-outbox.ts';
import { newEvent } from '../../src/core/events/catalogue.ts';
import { keys } from '../../src/core/ledger-keys.ts';
import { timeframe } from '../../src/core/market-data/timeframe.ts';
import { slotId } from '../../src/core/models/slot.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type { AppendRecord, Commit, Ledger, Outbox, Write } from '../../src/core/ports/ledger.ts';
import type { Decision } from '../../src/core/trading/decision.ts';
import { createLedgerJournal } from '../../src/core/trading/ledger-journal.ts';
import { decimal, price, quantity, ZERO } from '../../src/core/trading/money.ts';
import type { OwnOrder } from '../../src/core/trading/own-order.ts';
import { accountToJson, openAccount } from '../../src/core/trading/slot-account.ts';

/** One thing the ledger is asked to do; `prepare` runs uncounted before. */
export interface MeasuredOperation {
  readonly name: string;
  prepare?(): Promise<void>;
  run(): Promise<unknown>;
}

const slot = slotId({ account: 'main', strategy: 'trend', symbols: ['BTC/USDT'], timeframe: timeframe('1m') });
const HASH = 'ab'.repeat(32);
const AT = epochMillis(1_790_000_000_000);
const RUN = '3f2a1b4c5d6e7f8091a2b3c4d5e6f708';

const decisionOf = (minute: number): Decision => ({
  barClose: epochMillis(AT + minute * 60_000),
  close: 64_123.45,
  runId: RUN,
  modelHash: HASH,
  probability: 0.51837462,
  signal: 'long',
  action: 'order',
  reason: '',
  clientOrderId: 'ar-1m-000000000001-e-1',
  side: 'buy',
  quantity: '0.01555',
  exitCause: null,
});

const intent: OwnOrder = {
  clientOrderId: 'ar-1m-000000000001-e-1',
  exchangeOrderId: null,
  symbol: 'BTC/USDT',
  side: 'buy',
  quantity: quantity('0.01555'),
  barClose: AT,
  modelHash: HASH,
  leg: 'entry',
  type: 'market',
  limitPrice: null,
  stopPrice: null,
  pairId: null,
  state: 'intent',
  filled: quantity('0'),
  fills: new Map(),
  updatedAt: AT,
  reason: null,
};

const fillOf = (tradeId: string, amount: string) => ({
  symbol: 'BTC/USDT',
  tradeId,
  exchangeOrderId: '28457234981',
  side: 'buy' as const,
  price: price('64123.45'),
  quantity: quantity(amount),
  fee: decimal('0.00000777'),
  feeAsset: 'BTC',
  executedAt: epochMillis(AT + 20),
});

const settled: OwnOrder = {
  ...intent,
  exchangeOrderId: '28457234981',
  state: 'filled',
  filled: intent.quantity,
  fills: new Map([fillOf('3912345678', '0.01'), fillOf('3912345679', '0.00555')].map((one) => [one.tradeId, one])),
};

const account = openAccount({ base: ZERO, quote: decimal('10000') }, decimal('1000'));

/** A change of the size of a promotion: one item, one audit entry, one event. */
function change(token: string, expected: number | 'absent'): Commit {
  const value = { championRunId: RUN, standbyRunId: null, history: [{ runId: RUN, at: AT, by: 'check-promotion' }] };
  const details = {
    slot,
    runId: RUN,
    modelHash: HASH,
    policy: 'accuracy',
    candidateValue: 0.531,
    championValue: 0.524,
  };
  const metadata = {
    id: `${token}:0`,
    version: 1,
    occurredAt: AT,
    correlationId: token,
    causationId: token,
    slot,
    sequence: 7,
  } as const;
  const data = { change: 'promoted', runId: RUN, modelHash: HASH, previousRunId: null } as const;
  return {
    token,
    writes: [{ kind: 'put', key: keys.deployment(slot), expected, value }],
    audit: [
      {
        stream: 'models',
        timestamp: AT,
        eventType: 'ModelPromoted',
        user: 'check-promotion',
        action: `promote ${RUN}`,
        details,
        sessionId: '2026/11/03/[$LATEST]0123456789abcdef0123456789abcdef',
      },
    ],
    events: [newEvent('ModelUpdated', metadata, data)],
  };
}

const decisions = (from: number, count: number): AppendRecord[] =>
  Array.from({ length: count }, (_, n) => {
    const decision = decisionOf(from + n);
    return { key: keys.decision(slot, decision.barClose), value: { ...decision } };
  });

/** The trader's journal on this ledger, owner of its slot. */
function journalOn(ledger: Ledger) {
  const guard: Write = { kind: 'check', key: keys.lease(slot), expected: 1 };
  const journal = createLedgerJournal(
    {
      slot,
      sessionId: RUN,
      guard: () => guard,
      accountVersion: 1,
      orderVersions: new Map(),
      marketTime: () => AT,
      // The flush after each write throws it.
      onFailure: () => undefined,
    },
    { ledger, wallClock: { now: () => AT } },
  );
  const own: Write = { kind: 'put', key: keys.lease(slot), expected: 'absent', value: { epoch: 1, owner: RUN } };
  return {
    journal,
    begin: async () => {
      await ledger.commit({ token: 'own', writes: [own], audit: [], events: [] });
      await ledger.append([{ key: keys.account(slot), value: accountToJson(account) }]);
    },
  };
}

/** What is measured, in an order in which each finds what it needs. `options` belong to empty tables. */
export function measuredOperations(options: DynamoOptions): readonly MeasuredOperation[] {
  const ledger = createDynamoLedger(options);
  const outbox: Outbox = createDynamoOutbox(options);
  const { journal, begin } = journalOn(ledger);
  const page = { table: 'state', pk: keys.decision(slot, 0).pk, limit: 25 } as const;
  return [
    {
      name: 'commit: 1 write, 1 audit entry, 1 event',
      prepare: async () => void (await ledger.commit(change('t1', 'absent'))),
      run: () => ledger.commit(change('t2', 1)),
    },
    { name: 'commit: the same sent again', run: () => ledger.commit(change('t2', 1)) },
    { name: 'commit: a conflict', run: () => ledger.commit(change('t3', 1)) },
    {
      name: "journal: an order's intent",
      prepare: begin,
      run: async () => {
        journal.intent(intent);
        await journal.flush();
      },
    },
    {
      name: 'journal: an order settled, 2 fills',
      run: async () => {
        journal.settled(settled, { ...account, trades: 1 }, ZERO);
        await journal.flush();
      },
    },
    { name: 'append: 1 decision', run: () => ledger.append(decisions(0, 1)) },
    { name: 'append: 25 decisions', run: () => ledger.append(decisions(1, 25)) },
    {
      name: 'append: 1 mark that expires',
      run: () =>
        ledger.append([
          { key: keys.handled('check-promotion', 'e1'), value: { at: AT, trigger: 'event' }, expiresAt: AT },
        ]),
    },
    { name: 'get: the deployment', run: () => ledger.get(keys.deployment(slot)) },
    { name: 'get: nothing there', run: () => ledger.get(keys.alert(slot, RUN, 'accuracy')) },
    { name: 'query: a page of 25 decisions', run: () => ledger.query(page) },
    { name: 'query: an empty group', run: () => ledger.query({ ...page, pk: 'nothing' }) },
    { name: 'outbox: 1 event published', run: () => outbox.markPublished(['t1:0']) },
    { name: 'outbox: what is pending, 2 events', run: () => outbox.pending(50) },
    { name: 'outbox: what is stuck, nothing', run: () => outbox.pending(50, { committedBefore: epochMillis(1) }) },
  ];
}
