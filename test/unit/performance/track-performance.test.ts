import { describe, expect, it } from 'vitest';
import { auditEntryKey, auditEntrySchema } from '../../../src/core/audit/audit-entry.ts';
import { verifyAudit } from '../../../src/core/audit/verify-audit.ts';
import { DEFAULT_CONFIG, type LiveConfig } from '../../../src/core/config/live-config.ts';
import { parseEvent } from '../../../src/core/events/catalogue.ts';
import type { Invocation } from '../../../src/core/events/invocation.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { ensureSlot } from '../../../src/core/models/slot-registry.ts';
import { raisedAlerts } from '../../../src/core/performance/alert-item.ts';
import { readPerformance } from '../../../src/core/performance/performance-record.ts';
import { predictionRecord } from '../../../src/core/performance/prediction.ts';
import { trackPerformance } from '../../../src/core/performance/track-performance.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { SLOT } from '../../support/model-desk.ts';
import { bar, MINUTE } from './analyst-desk.ts';

async function openTracker(config: Partial<LiveConfig['performance']> = {}) {
  const ledger = createMemoryLedger();
  await ensureSlot(ledger, SLOT, epochMillis(0));
  const stored = { ...DEFAULT_CONFIG, performance: { ...DEFAULT_CONFIG.performance, ...config } };
  await ledger.append([{ key: keys.config(), value: { config: stored } }]);
  let next = 0;

  const at = (n: number): Invocation => ({
    id: `track:${n}`,
    now: bar(n),
    correlationId: `track:${n}`,
    sessionId: 'session',
    trigger: { kind: 'schedule' },
  });
  return {
    ledger,
    at,
    deploy: (runId: string | null) =>
      ledger.append([
        {
          key: keys.deployment(SLOT),
          value: {
            championRunId: runId,
            championHash: runId && 'h',
            standbyRunId: null,
            history: [],
            lastChange: null,
          },
        },
      ]),
    /** The next outcomes replace those of the first bars. */
    rewind: () => {
      next = 0;
    },
    /** Appends outcomes bar after bar: right or wrong, in a market that goes up or down. */
    outcomes: async (runId: string, ...runs: readonly (readonly [count: number, right: boolean, change: number])[]) => {
      for (const [count, right, change] of runs) {
        for (let i = 0; i < count; i++, next++) {
          const p = right === change > 0 ? 0.8 : 0.2;
          const outcome = {
            status: 'matched',
            close: 100 * (1 + change),
            return: change,
            up: change > 0,
            correct: right,
          } as const;
          const open = bar(next);
          await ledger.append([
            predictionRecord({
              slot: SLOT,
              runId,
              modelHash: 'h',
              openTime: open,
              barClose: epochMillis(open + MINUTE),
              horizon: 1,
              p,
              close: 100,
              predictedAt: open,
              outcome,
            }),
          ]);
        }
      }
    },
    track: async (n = next) => (await trackPerformance(at(n), { ledger }))[0],
    alertEvents: () =>
      ledger.events
        .map(({ source, detailType, detail }) => parseEvent(source, detailType, detail))
        .map(({ data, metadata }) => ({
          ...(data as { metric: string; status: string; runId: string }),
          sequence: metadata.sequence,
        })),
    raised: async () => (await raisedAlerts(ledger, SLOT)).map(({ metric }) => metric),
  };
}

const named = (events: readonly { readonly metric: string; readonly status: string }[]) =>
  events.map(({ metric, status }) => `${metric} ${status}`);

describe('measuring', () => {
  it('stores the figures of the production model under the time they are of', async () => {
    const tracker = await openTracker();
    await tracker.deploy('one');
    await tracker.outcomes('one', [30, true, 0.01], [10, false, -0.01]);
    const tracked = await tracker.track();
    expect(tracked?.performance).toMatchObject({ runId: 'one', at: bar(40), samples: 40, accuracy: 0.75 });
    await tracker.outcomes('one', [10, true, 0.01]);
    await tracker.track();
    const history = await readPerformance(tracker.ledger, SLOT, 'one', 10);
    expect(history.map(({ accuracy }) => accuracy)).toEqual([0.8, 0.75]);
  });

  it('looks back on the last 1,440 bars and no further', async () => {
    const tracker = await openTracker();
    await tracker.deploy('one');
    await tracker.outcomes('one', [100, false, 0.01], [1_440, true, 0.01]);
    expect((await tracker.track())?.performance).toMatchObject({ samples: 1_440, accuracy: 1 });
    await tracker.outcomes('one', [144, false, 0.01]);
    expect((await tracker.track())?.performance).toMatchObject({ samples: 1_440, accuracy: 0.9 });
  });

  it('has nothing to measure without a champion', async () => {
    const tracker = await openTracker();
    expect(await tracker.track(10)).toEqual({ slot: SLOT, performance: null, alerts: [] });
  });
});

describe('alerts', () => {
  it('are published once per breach and once at its end, with audit entries, whatever is checked in between', async () => {
    const tracker = await openTracker({ sharpe_ratio: -1e9, max_drawdown: -1 });
    await tracker.deploy('one');
    await tracker.outcomes('one', [50, false, 0.01], [50, true, 0.01]);
    for (const n of [100, 101, 102]) await tracker.track(n);
    expect(named(tracker.alertEvents())).toEqual(['accuracy breached']);
    expect(await tracker.raised()).toEqual(['accuracy']);
    await tracker.outcomes('one', [80, true, 0.01], [80, true, -0.01]);
    for (const n of [260, 261, 262]) await tracker.track(n);
    expect(named(tracker.alertEvents())).toEqual(['accuracy breached', 'accuracy recovered']);
    expect(await tracker.raised()).toEqual([]);
    const { pk } = auditEntryKey('models', 1);
    const audit = (await tracker.ledger.query({ table: 'audit', pk, limit: 100 })).items.map(({ value }) =>
      auditEntrySchema.parse(value),
    );
    expect(audit.map(({ action, user }) => `${user}: ${action}`)).toEqual([
      'track-performance: raise alert',
      'track-performance: end alert',
    ]);
    expect((await verifyAudit(tracker.ledger)).valid).toBe(true);
  });

  it('do not end at the threshold but above it', async () => {
    const tracker = await openTracker({ accuracy: 0.5, hysteresis: 0.1, sharpe_ratio: -1e9, max_drawdown: -1 });
    await tracker.deploy('one');
    await tracker.outcomes('one', [60, false, 0.01], [40, true, 0.01]);
    await tracker.track();
    await tracker.outcomes('one', [30, true, 0.01]);
    await tracker.track();
    expect(await tracker.raised()).toEqual(['accuracy']);
    await tracker.outcomes('one', [10, true, 0.01]);
    await tracker.track();
    expect(named(tracker.alertEvents())).toEqual(['accuracy breached', 'accuracy recovered']);
  });

  it('say nothing with fewer samples than the configuration asks for', async () => {
    const tracker = await openTracker({ minimumSamples: 30 });
    await tracker.deploy('one');
    await tracker.outcomes('one', [29, false, 0.01]);
    await tracker.track();
    expect(tracker.alertEvents()).toEqual([]);
    await tracker.outcomes('one', [1, false, 0.01]);
    await tracker.track();
    expect(named(tracker.alertEvents())).toContain('accuracy breached');
  });

  it('say that a metric is missing when there are samples enough', async () => {
    const tracker = await openTracker();
    await tracker.deploy('one');
    await tracker.outcomes('one', [40, true, -0.01]);
    await tracker.track();
    expect(tracker.alertEvents()).toMatchObject([
      { metric: 'sharpe_ratio', status: 'breached', value: null, threshold: 1, samples: 40, runId: 'one' },
    ]);
  });

  it('watch accuracy, Sharpe ratio and drawdown, with a growing sequence', async () => {
    const tracker = await openTracker();
    await tracker.deploy('one');
    await tracker.outcomes('one', [40, false, -0.01]);
    await tracker.track();
    const events = tracker.alertEvents();
    expect(named(events).sort()).toEqual(['accuracy breached', 'max_drawdown breached', 'sharpe_ratio breached']);
    expect(events.map(({ sequence }) => sequence)).toEqual([0, 1, 2].map((i) => bar(40) + i));
  });

  it('end when their model leaves production', async () => {
    const tracker = await openTracker();
    await tracker.deploy('one');
    await tracker.outcomes('one', [40, false, -0.01]);
    await tracker.track();
    await tracker.deploy('two');
    expect((await tracker.track(41))?.alerts.map(({ runId, change }) => `${runId} ${change}`)).toEqual([
      'one recovered',
      'one recovered',
      'one recovered',
    ]);
    expect(await tracker.raised()).toEqual([]);
    expect(tracker.alertEvents().filter(({ status }) => status === 'recovered')).toHaveLength(3);
  });
});

describe('delivery', () => {
  it('publishes once when the same invocation comes again, or comes to two instances at once', async () => {
    const tracker = await openTracker();
    await tracker.deploy('one');
    await tracker.outcomes('one', [40, false, -0.01]);
    await Promise.all([tracker.track(40), tracker.track(40), tracker.track(41)]);
    await tracker.track(40);
    expect(named(tracker.alertEvents()).sort()).toEqual([
      'accuracy breached',
      'max_drawdown breached',
      'sharpe_ratio breached',
    ]);
  });

  it('changes an alert at most once by one invocation, also when the outcomes have changed since', async () => {
    const tracker = await openTracker({ sharpe_ratio: -1e9, max_drawdown: -1 });
    await tracker.deploy('one');
    await tracker.outcomes('one', [20, false, 0.01], [20, false, -0.01]);
    expect((await tracker.track(40))?.alerts).toHaveLength(1);
    tracker.rewind();
    await tracker.outcomes('one', [20, true, 0.01], [20, true, -0.01]);
    expect((await tracker.track(40))?.alerts).toEqual([]);
    expect((await tracker.track(41))?.alerts).toMatchObject([{ metric: 'accuracy', change: 'recovered' }]);
  });

  it('does not let an invocation that comes late undo what a later one has said', async () => {
    const tracker = await openTracker({ sharpe_ratio: -1e9, max_drawdown: -1 });
    await tracker.deploy('one');
    await tracker.outcomes('one', [40, false, 0.01], [160, true, 0.01]);
    await tracker.track(200);
    expect((await tracker.track(40))?.performance).toMatchObject({ accuracy: 0 });
    expect(tracker.alertEvents()).toEqual([]);
    const history = await readPerformance(tracker.ledger, SLOT, 'one', 10);
    expect(history.map(({ accuracy }) => accuracy)).toEqual([0.8, 0]);
  });

  it('recognises a commit whose answer was lost', async () => {
    const tracker = await openTracker({ sharpe_ratio: -1e9, max_drawdown: -1 });
    await tracker.deploy('one');
    await tracker.outcomes('one', [20, false, 0.01], [20, false, -0.01]);
    tracker.ledger.afterCommit = () => {
      tracker.ledger.afterCommit = undefined;
      throw new Error('connection lost');
    };
    await expect(tracker.track()).rejects.toMatchObject({ code: 'TRACKING_FAILED', data: { slots: [SLOT] } });
    await tracker.track();
    expect(named(tracker.alertEvents())).toEqual(['accuracy breached']);
  });
});

describe('faults', () => {
  it.each([
    ['prediction', (runId: string) => keys.prediction(SLOT, runId, bar(1))],
    ['alert', (runId: string) => keys.alert(SLOT, runId, 'accuracy')],
  ])('name a stored %s that is none, and do not keep other slots from being tracked', async (what, keyOf) => {
    const tracker = await openTracker();
    const other = 'paper:zebra:ETH/USDT:1m' as SlotId;
    await ensureSlot(tracker.ledger, other, epochMillis(0));
    const champion = { championRunId: 'two', championHash: 'h', standbyRunId: null, history: [], lastChange: null };
    await tracker.ledger.append([{ key: keys.deployment(other), value: champion }]);
    await tracker.deploy('one');
    await tracker.outcomes('one', [40, false, -0.01]);
    await tracker.ledger.append([{ key: keyOf('one'), value: { what: 'else' } }]);
    await expect(tracker.track()).rejects.toThrowError(new RegExp(`${SLOT}: ${what} .*`));
    expect(await readPerformance(tracker.ledger, other, 'two', 1)).toHaveLength(1);
  });

  it('name a stored performance that is none', async () => {
    const tracker = await openTracker();
    await tracker.ledger.append([{ key: keys.performance(SLOT, 'one', 1), value: { accuracy: 'high' } }]);
    await expect(readPerformance(tracker.ledger, SLOT, 'one', 1)).rejects.toThrowError(/performance .*accuracy/s);
  });
});
