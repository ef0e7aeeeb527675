import { readConfig } from '../../src/core/config/read-config.ts';
import { readNewestAudit } from '../../src/core/dashboard/audit-row.ts';
import { type AuditState, createAuditWatch } from '../../src/core/dashboard/audit-watch.ts';
import { type CandleWindow, createCandleWindow } from '../../src/core/dashboard/candle-window.ts';
import type { Dashboard } from '../../src/core/dashboard/dashboard.ts';
import { readEventRows } from '../../src/core/dashboard/event-row.ts';
import { readHealthView } from '../../src/core/dashboard/health-view.ts';
import { readModelRows } from '../../src/core/dashboard/model-row.ts';
import { modelSwaps } from '../../src/core/dashboard/model-swap.ts';
import { type Overview, readOverview, shareOf } from '../../src/core/dashboard/overview.ts';
import { createSlotHistory, type SlotHistory } from '../../src/core/dashboard/slot-history.ts';
import { tradeRows } from '../../src/core/dashboard/trade-row.ts';
import { linesOf, type SlotId } from '../../src/core/models/slot.ts';
import type { ApiOptions, ApiPorts } from './api-options.ts';

/** What is kept and shown: bars, decisions, trades, points of the equity curve. */
export const KEPT = { candles: 500, marks: 1_000, trades: 500, points: 400 } as const;
const SHOWN = { trades: 200, feed: 60 } as const;
const FIRST_ANSWER_MS = 5_000;

export interface DashboardReader {
  /** Decisions, trades and equity as of now. */
  history(): Promise<SlotHistory>;
  overview(): Promise<Overview>;
  /** Waits for the market's first answer, not for later ones. */
  candles(): Promise<CandleWindow>;
  /** Waits for the first verification, not for later ones. */
  auditState(): Promise<AuditState>;
  /** Everything at once; what the market or a verification has not yet answered comes with a later reading. */
  dashboard(): Promise<Dashboard>;
}

/** Reads one slot for people, remembering what it read so that each call reads only what is new. */
export function createDashboardReader({ slot, venue }: ApiOptions, ports: ApiPorts): DashboardReader {
  const { ledger, eventLog, wallClock, timers } = ports;
  // Decisions, fills and books are a line's: of a slot of several symbols the first line is shown.
  const lines = linesOf(slot);
  const slotHistory = createSlotHistory(lines[0] as SlotId, ledger, KEPT);
  const candleWindow = createCandleWindow(slot, KEPT.candles, ports);
  const auditWatch = createAuditWatch(ports);
  let reading: Promise<SlotHistory> | undefined;

  const readHistory = async (): Promise<SlotHistory> => {
    const { config } = await readConfig(ledger);
    return slotHistory.refresh(shareOf(config, lines.length));
  };
  const history = (): Promise<SlotHistory> => {
    reading ??= readHistory().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  const refreshCandles = (past: SlotHistory): Promise<void> =>
    candleWindow.refresh(past.marks.at(-1)?.barClose ?? null);

  return {
    history,
    async overview() {
      return readOverview({ slot, venue, history: await history(), now: wallClock.now() }, ledger);
    },
    async candles() {
      const refreshed = refreshCandles(await history());
      if (candleWindow.current().candles.length === 0) await Promise.race([refreshed, timers.sleep(FIRST_ANSWER_MS)]);
      return candleWindow.current();
    },
    async auditState() {
      const verified = auditWatch.refresh();
      if (auditWatch.current().state === 'pending') await verified;
      return auditWatch.current();
    },
    async dashboard() {
      const past = await history();
      const now = wallClock.now();
      void refreshCandles(past);
      void auditWatch.refresh();
      const [overview, health, models, events, audit] = await Promise.all([
        readOverview({ slot, venue, history: past, now }, ledger),
        readHealthView(ledger, slot, now),
        readModelRows(ledger, slot),
        readEventRows(eventLog, { limit: SHOWN.feed }),
        readNewestAudit(ledger, SHOWN.feed),
      ]);
      const { candles, problem } = candleWindow.current();
      return {
        overview,
        health,
        auditState: auditWatch.current(),
        models,
        swaps: modelSwaps(past.marks),
        marketProblem: problem,
        candles,
        trades: tradeRows(past, SHOWN.trades),
        equity: past.equity,
        events,
        audit,
      };
    },
  };
}
