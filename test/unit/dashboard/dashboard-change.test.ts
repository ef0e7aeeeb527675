import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyDashboardChange, type Dashboard, dashboardChange } from '../../../src/core/dashboard/dashboard.ts';
import { mergeAuditRows } from '../../../src/core/dashboard/merge-audit-rows.ts';
import type { TradeRow } from '../../../src/core/dashboard/trade-row.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';

const candle = fc
  .record({ openTime: fc.nat(20).map(epochMillis), close: fc.nat(3) })
  .map((some) => ({ ...some, open: 1, high: 9, low: 0, volume: 1 }));
const trade = fc
  .record({ clientOrderId: fc.constantFrom('a', 'b', 'c', 'd'), at: fc.nat(2), fees: fc.constantFrom('1', '2') })
  .map((some) => ({ ...some, side: 'buy' }) as TradeRow);
const point = fc.record({ at: fc.nat(20), equity: fc.constantFrom('1', '2'), close: fc.constant(1) });
const event = fc
  .record({ position: fc.nat(20), published: fc.boolean() })
  .map((some) => ({ ...some, id: 'e', type: 't', source: 's', slot: null, occurredAt: 1, text: '' }));
const entry = fc
  .record({ stream: fc.constantFrom('config', 'models', 'trading'), sequence: fc.nat(3), timestamp: fc.nat(2) })
  .map((some) => ({
    ...some,
    id: `${some.stream}#${some.sequence}`,
    eventType: 't',
    user: 'u',
    action: 'a',
    text: '',
    hash: '',
  }));

const byNumber =
  <T>(of: (item: T) => number) =>
  (a: T, b: T) =>
    of(a) - of(b);

const dashboards = fc
  .record({
    problem: fc.option(fc.constantFrom('away', 'slow')),
    health: fc.constantFrom('healthy', 'failed'),
    candles: fc.uniqueArray(candle, { selector: ({ openTime }) => openTime }),
    trades: fc.uniqueArray(trade, { selector: ({ clientOrderId }) => clientOrderId }),
    equity: fc.uniqueArray(point, { selector: ({ at }) => at }),
    events: fc.uniqueArray(event, { selector: ({ position }) => position }),
    audit: fc.uniqueArray(entry, { selector: ({ id }) => id }),
  })
  .map(
    ({ problem, health, candles, trades, equity, events, audit }): Dashboard =>
      ({
        overview: {},
        auditState: {},
        models: [],
        swaps: [],
        health: { status: health },
        marketProblem: problem,
        candles: candles.sort(byNumber(({ openTime }) => openTime)),
        trades: trades.sort((a, b) => a.at - b.at || (a.clientOrderId < b.clientOrderId ? -1 : 1)),
        equity: equity.sort(byNumber(({ at }) => at)),
        events: events.sort(byNumber(({ position }) => -position)),
        audit: mergeAuditRows(audit),
      }) as unknown as Dashboard,
  );

describe('a change of the dashboard', () => {
  it('turns any dashboard into any other', () => {
    fc.assert(
      fc.property(dashboards, dashboards, (before, after) => {
        const change = dashboardChange(before, after);
        expect(change ? applyDashboardChange(before, change) : before).toEqual(after);
      }),
    );
  });

  it('is nothing between a dashboard and a copy of it', () => {
    fc.assert(
      fc.property(dashboards, (dashboard) => dashboardChange(dashboard, structuredClone(dashboard)) === undefined),
    );
  });

  it('carries only what is new', () => {
    fc.assert(
      fc.property(dashboards, candle, (before, fresh) => {
        const added = { ...fresh, openTime: epochMillis(21) };
        const change = dashboardChange(before, { ...before, candles: [...before.candles, added] });
        expect(change).toEqual({ facts: {}, lists: { candles: { put: [added], removed: [] } } });
      }),
    );
  });

  it('leaves lists that did not change the same arrays', () => {
    fc.assert(
      fc.property(dashboards, (before) => {
        const after = applyDashboardChange(before, { facts: { marketProblem: 'gone' }, lists: {} });
        expect(after.candles).toBe(before.candles);
        expect(after.marketProblem).toBe('gone');
      }),
    );
  });
});
