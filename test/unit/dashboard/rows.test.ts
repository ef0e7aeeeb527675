import { describe, expect, it } from 'vitest';
import { readAuditRows, readNewestAudit } from '../../../src/core/dashboard/audit-row.ts';
import { describeEvent } from '../../../src/core/dashboard/describe-event.ts';
import { readEventRows } from '../../../src/core/dashboard/event-row.ts';
import { readHealthView } from '../../../src/core/dashboard/health-view.ts';
import { readModelRows } from '../../../src/core/dashboard/model-row.ts';
import { modelSwaps } from '../../../src/core/dashboard/model-swap.ts';
import { shortDecimals } from '../../../src/core/dashboard/short-decimals.ts';
import { type EventData, type EventName, eventNames, newEvent } from '../../../src/core/events/catalogue.ts';
import { changeSystemAlert } from '../../../src/core/monitoring/change-system-alert.ts';
import { changeAlert } from '../../../src/core/performance/change-alert.ts';
import { performanceRecord } from '../../../src/core/performance/performance-record.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { EventLog } from '../../../src/core/ports/event-log.ts';
import { waveBars } from '../../support/listed-market.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { openSeededSlot, SEEDED_SLOT } from '../../support/seeded-slot.ts';

const HASH = 'a'.repeat(64);

async function slotWithModels() {
  const ledger = createMemoryLedger();
  const slot = await openSeededSlot(ledger, manualClock());
  const [first, second] = waveBars(2);
  if (!first || !second) throw new Error('there must be two bars');
  await slot.bar(first);
  await slot.candidate('run-1', 0.52);
  await slot.bar(second, { order: 'buy' });
  await slot.candidate('run-2', 0.54);
  await slot.candidate('run-3', 0.51);
  return { ledger, slot };
}

describe('model rows', () => {
  it('come with production first and say why each model is where it is', async () => {
    const { ledger } = await slotWithModels();
    const rows = await readModelRows(ledger, SEEDED_SLOT);
    expect(rows.map(({ runId, state }) => [runId, state])).toEqual([
      ['run-2', 'production'],
      ['run-1', 'archived'],
      ['run-3', 'evaluated_inferior'],
    ]);
    expect(rows[1]?.reason).toBe('replaced by run-2');
    expect(rows[0]).toMatchObject({
      metrics: { accuracy: 0.54 },
      evaluationRows: 5_000,
      live: null,
      waiting: null,
      rolledBack: false,
    });
  });

  it('carry the newest figures of a model that is or was in production', async () => {
    const { ledger } = await slotWithModels();
    const figures = {
      periods: 3,
      log_loss: 0.69,
      sharpe_ratio: null,
      sortino_ratio: null,
      max_drawdown: -0.1,
      hit_rate: 0.5,
      total_return: 0.01,
      turnover: 2,
    };
    const measured = (at: number, accuracy: number) =>
      performanceRecord({
        slot: SEEDED_SLOT,
        runId: 'run-1',
        at,
        window: { from: 0, to: at },
        samples: 40,
        accuracy,
        ...figures,
      });
    await ledger.append([measured(1_000, 0.5), measured(2_000, 0.55)]);
    const rows = await readModelRows(ledger, SEEDED_SLOT, ['archived']);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.live).toMatchObject({ at: 2_000, accuracy: 0.55 });
  });

  it('mark a model that was rolled back from', async () => {
    const { ledger, slot } = await slotWithModels();
    await slot.rollback();
    const rows = await readModelRows(ledger, SEEDED_SLOT);
    expect(rows.find(({ runId }) => runId === 'run-2')).toMatchObject({ state: 'archived', rolledBack: true });
  });
});

describe('model swaps', () => {
  const at = (barClose: number, runId: string | null) => ({ barClose: epochMillis(barClose), runId });

  it('are the bars from which another model decides; bars without a model change nothing', () => {
    expect(modelSwaps([at(1, null), at(2, 'a'), at(3, null), at(4, 'a'), at(5, 'b')])).toEqual([
      { barClose: 2, runId: 'a', previousRunId: null },
      { barClose: 5, runId: 'b', previousRunId: 'a' },
    ]);
  });

  it('do not include the model that decided all bars at hand', () => {
    expect(modelSwaps([at(1, 'a'), at(2, 'a')])).toEqual([]);
    expect(modelSwaps([])).toEqual([]);
  });
});

const samples: { readonly [N in EventName]: readonly (readonly [EventData<N>, string])[] } = {
  CandidateRegistered: [
    [{ runId: 'r', modelHash: HASH, accuracy: 0.5312 }, 'r was registered, accuracy 53.12 %'],
    [{ runId: 'r', modelHash: HASH, accuracy: null }, 'r was registered, accuracy unknown'],
  ],
  CandidateEvaluated: [
    [
      {
        runId: 'r',
        championRunId: 'c',
        metric: 'accuracy',
        candidateValue: 0.5,
        championValue: 0.6,
        reason: 'too low',
      },
      'r was refused: too low',
    ],
  ],
  ModelUpdated: [
    [{ change: 'promoted', runId: 'r', modelHash: HASH, previousRunId: null }, 'r was promoted'],
    [{ change: 'rolled_back', runId: 'r', modelHash: HASH, previousRunId: 'q' }, 'r was rolled back to, after q'],
  ],
  TradeExecuted: [
    [
      {
        clientOrderId: 'o',
        exchangeOrderId: '1',
        symbol: 'BTC/USDT',
        side: 'buy',
        quantity: '0.1',
        averagePrice: '40000.123456',
        fees: {},
        realisedPnl: '0',
        modelHash: null,
        barClose: 1,
      },
      'bought 0.1 BTC at 40000.12 USDT',
    ],
    [
      {
        clientOrderId: 'o',
        exchangeOrderId: '1',
        symbol: 'BTC/USDT',
        side: 'sell',
        quantity: '0.1',
        averagePrice: '40000',
        fees: {},
        realisedPnl: '-3.98765',
        modelHash: null,
        barClose: 1,
      },
      'sold 0.1 BTC at 40000 USDT, realised -3.9877 USDT',
    ],
  ],
  OrderRejected: [
    [
      { clientOrderId: 'o', symbol: 'BTC/USDT', code: '-2010', reason: 'no balance' },
      'the exchange did not take an order in BTC/USDT: no balance (-2010)',
    ],
  ],
  TradingHalted: [[{ state: 'HALTED', reason: 'storm', by: 'ada' }, 'HALTED by ada: storm']],
  TradingResumed: [[{ reason: 'calm', by: 'ada' }, 'ACTIVE again by ada: calm']],
  ConfigChanged: [[{ version: 2, changed: ['risk', 'strategy'] }, 'version 2 changed risk, strategy']],
  PerformanceAlert: [
    [
      { runId: 'r', metric: 'accuracy', status: 'breached', value: 0.5, threshold: 0.6, samples: 40 },
      'accuracy of r is below 0.6: 0.5',
    ],
    [
      { runId: 'r', metric: 'accuracy', status: 'recovered', value: null, threshold: 0.6, samples: 40 },
      'accuracy of r is back above 0.6: unknown',
    ],
  ],
  ComponentStarted: [[{ component: 'trader', instance: 'i' }, 'trader is ready']],
  ComponentStopped: [[{ component: 'trader', instance: 'i', reason: 'signal' }, 'trader ended: signal']],
  SystemError: [[{ component: 'trader', code: 'X', message: 'failed' }, 'trader: failed (X)']],
  SystemRecovered: [[{ component: 'trader', code: 'X', message: 'works' }, 'trader: works (X)']],
};

const metadata = {
  id: 'e',
  version: 1,
  occurredAt: 1,
  correlationId: 'c',
  causationId: null,
  slot: null,
  sequence: 1,
} as const;

describe('an event in words', () => {
  for (const name of eventNames) {
    it(`says what ${name} means`, () => {
      for (const [data, text] of samples[name])
        expect(describeEvent(newEvent(name, metadata, data as never))).toBe(text);
    });
  }

  it('names an event of another release as it came', () => {
    const event = { source: 'ares.future', detailType: 'Unheard', detail: { metadata, data: {} } };
    expect(describeEvent(event)).toBe('Unheard from ares.future, which this release cannot read');
  });

  it('comes with its place in the log and whether it was delivered', async () => {
    const event = newEvent('ComponentStarted', { ...metadata, slot: 's' }, { component: 'trader', instance: 'i' });
    const eventLog: EventLog = {
      recent: async ({ limit, before = 9 }) => [{ position: before - limit, published: true, event }],
    };
    expect(await readEventRows(eventLog, { limit: 2, before: 7 })).toEqual([
      {
        position: 5,
        id: 'e',
        type: 'ComponentStarted',
        source: 'ares.system',
        slot: 's',
        occurredAt: 1,
        published: true,
        text: 'trader is ready',
      },
    ]);
  });
});

describe('decimal numbers in a sentence', () => {
  it('have the digits their size makes worth reading', () => {
    const text = 'was -41234.5678 against 12.345678, 0.5317919075144508 and -0.000123456789: 40000';
    expect(shortDecimals(text)).toBe('was -41234.57 against 12.3457, 0.53179 and -0.00012346: 40000');
  });

  it('are not looked for in names, versions and dates', () => {
    const text = 'run-1.234567 v2.3456789 0.28.23456789 a.1234567 2022-01-14.123456-2';
    expect(shortDecimals(text)).toBe(text);
  });
});

describe('audit rows', () => {
  it('say who did what in one line, newest first, page by page', async () => {
    const { ledger } = await slotWithModels();
    const first = await readAuditRows(ledger, { order: 'descending', limit: 2 });
    expect(first.entries).toHaveLength(2);
    const { entries, next } = await readAuditRows(ledger, {
      order: 'descending',
      limit: 1_000,
      after: first.next ?? '',
    });
    expect(next).toBeNull();
    const all = [...first.entries, ...entries];
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.find(({ eventType }) => eventType === 'ModelPromoted')).toMatchObject({
      user: 'check-promotion',
      stream: 'models',
      text: expect.stringContaining('run-2 · production'),
    });
    expect(all.find(({ eventType }) => eventType === 'TradeExecuted')?.text).toMatch(/^buy · [\d.]+ · [\d.]+$/);
  });
});

describe('the newest audit entries', () => {
  it('stand in the order of their commits within a stream, also where wall time and market time mix', async () => {
    const { ledger } = await slotWithModels();
    const wall = {
      stream: 'trading',
      timestamp: epochMillis(1_900_000_000_000),
      eventType: 'SystemError',
      user: 'monitor-system',
      action: 'raise alarm',
      details: {},
      sessionId: 's',
    } as const;
    const market = { ...wall, timestamp: epochMillis(1_640_995_400_000), eventType: 'TradeExecuted', user: 'trader' };
    await ledger.commit({ token: 'mixed', writes: [], audit: [wall, market], events: [] });
    const rows = await readNewestAudit(ledger, 100);
    for (const stream of ['models', 'trading']) {
      const sequences = rows.filter((row) => row.stream === stream).map(({ sequence }) => sequence);
      expect(sequences).toEqual(sequences.toSorted((a, b) => b - a));
    }
    expect(rows.slice(0, 2).map(({ eventType }) => eventType)).toEqual(['TradeExecuted', 'SystemError']);
    expect(await readNewestAudit(ledger, 3)).toEqual(rows.slice(0, 3));
  });
});

describe('the health view', () => {
  it('is unknown before anything was checked', async () => {
    expect(await readHealthView(createMemoryLedger(), SEEDED_SLOT, epochMillis(1))).toEqual({
      status: 'unknown',
      reason: 'the system was never checked',
      checkedAt: null,
      checks: [],
      alarms: [],
    });
  });

  it('joins the alarms of the system with those of the model', async () => {
    const { ledger } = await slotWithModels();
    const invocation = {
      id: 'i',
      now: epochMillis(5_000),
      correlationId: 'i',
      sessionId: 's',
      trigger: { kind: 'schedule' },
    } as const;
    await changeSystemAlert(
      invocation,
      { name: 'disk', status: 'failed', value: 1, threshold: 2, since: 1, reason: 'full' },
      0,
      ledger,
    );
    const alert = {
      slot: SEEDED_SLOT,
      runId: 'run-2',
      threshold: 0.6,
      samples: 40,
      reason: 'low',
      judge: () => 'breached' as const,
    };
    await changeAlert(invocation, { ...alert, metric: 'accuracy', value: 0.5, position: 0 }, ledger);
    await changeAlert(invocation, { ...alert, metric: 'sharpe_ratio', value: null, position: 1 }, ledger);
    expect((await readHealthView(ledger, SEEDED_SLOT, epochMillis(6_000))).alarms).toEqual([
      { what: 'disk', reason: 'full', since: 5_000, clock: 'wall' },
      { what: 'accuracy of run-2', reason: 'accuracy must be at least 0.6, was 0.5', since: 5_000, clock: 'market' },
      {
        what: 'sharpe_ratio of run-2',
        reason: 'sharpe_ratio must be at least 0.6, was missing',
        since: 5_000,
        clock: 'market',
      },
    ]);
  });
});
