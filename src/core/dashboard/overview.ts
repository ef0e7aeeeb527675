import * as z from 'zod';
import { AresError } from '../ares-error.ts';
import type { LiveConfig } from '../config/live-config.ts';
import { readConfig } from '../config/read-config.ts';
import { parseItem } from '../ledger/parse-item.ts';
import { keys } from '../ledger-keys.ts';
import { findModel } from '../models/read-models.ts';
import { linesOf, parseSlotId, type SlotId } from '../models/slot.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { readDeployment } from '../promotion/deployment.ts';
import type { TradingMode } from '../risk/risk-engine.ts';
import { engineSettings } from '../trading/engine-settings.ts';
import { type Decimal, decimal, ZERO } from '../trading/money.ts';
import { equityOf, parseAccount, type SlotAccount } from '../trading/slot-account.ts';
import { readTradingState } from '../trading/trading-state.ts';
import type { SlotHistory } from './slot-history.ts';

/** What kind of exchange is on the other side, in words for people. */
export interface VenueView {
  /** True when no real money is at stake. */
  readonly paper: boolean;
  readonly label: string;
}

/** The slot's books at the last close; money in quote currency, as decimal text. */
export interface AccountView {
  readonly budget: string;
  readonly equity: string;
  /** Of the budget, as a fraction. */
  readonly totalReturn: number;
  /** Below the highest equity, as a fraction from −1 to 0. */
  readonly drawdown: number;
  readonly realisedPnl: string;
  readonly unrealisedPnl: string;
  /** Everything paid, in quote currency at the prices of the fills. */
  readonly fees: string;
  readonly feesByAsset: Readonly<Record<string, string>>;
  readonly trades: number;
  readonly exits: number;
  readonly wins: number;
  readonly position: { readonly quantity: string; readonly averagePrice: string | null; readonly value: string };
}

/** What the slot's trader last said of itself. */
export interface TraderView {
  /** False when it has been silent for so long that it must be presumed dead. */
  readonly alive: boolean;
  /** Wall time. */
  readonly lastSeen: number;
  readonly state: string;
  readonly runId: string | null;
  readonly swapInProgress: boolean;
  readonly orderInFlight: string | null;
  readonly candles: number;
  readonly missingCandles: number;
  readonly decisions: number;
  readonly swaps: number;
  readonly errors: number;
  /** From the frame at the socket to the decision, in microseconds. */
  readonly lastDecisionUs: number;
}

/** The slot at a glance. */
export interface Overview {
  readonly slot: {
    readonly id: string;
    readonly account: string;
    readonly strategy: string;
    readonly symbol: string;
    readonly base: string;
    readonly quote: string;
    readonly timeframe: string;
  };
  readonly venue: VenueView;
  readonly trading: {
    readonly state: TradingMode;
    readonly reason: string;
    readonly by: string;
    readonly since: number;
  };
  /** The last bar decided on; `null` before the first. */
  readonly market: {
    readonly time: number;
    readonly close: number;
    readonly probability: number | null;
    readonly signal: string | null;
  } | null;
  /** `null` before the trader first opened its books. */
  readonly account: AccountView | null;
  readonly model: {
    readonly runId: string;
    readonly modelHash: string;
    readonly since: number | null;
    readonly metrics: Readonly<Record<string, number>>;
  } | null;
  readonly trader: TraderView | null;
}

const heartbeatSchema = z.object({
  at: z.number(),
  state: z.string(),
  runId: z.string().nullable(),
  swapInProgress: z.boolean(),
  orderInFlight: z.string().nullable(),
  candles: z.number(),
  missingCandles: z.number(),
  decisions: z.number(),
  swaps: z.number(),
  errors: z.number(),
  lastDecisionUs: z.number(),
});

async function readTrader(
  ledger: LedgerReader,
  slot: SlotId,
  now: EpochMillis,
  silenceMs: number,
): Promise<TraderView | null> {
  const item = await ledger.get(keys.heartbeat(slot));
  if (!item) return null;
  const { at, ...said } = parseItem(item, heartbeatSchema);
  return { alive: now - at <= silenceMs, lastSeen: at, ...said };
}

async function readAccount(ledger: LedgerReader, slot: SlotId): Promise<SlotAccount | null> {
  const item = await ledger.get(keys.account(slot));
  if (!item) return null;
  try {
    return parseAccount(item.value);
  } catch (error) {
    throw new AresError('LEDGER_ITEM_INVALID', `the account of ${slot} must be readable, was not`, { slot }, error);
  }
}

const text = (amount: Decimal): string => amount.round(8).toFixed();

/** A part of a whole, less one; 0 when there is no whole. */
const change = (amount: Decimal, from: Decimal): number => (from.gt(0) ? amount.div(from).minus(1).toNumber() : 0);

function accountView(account: SlotAccount, budget: Decimal, { marks, books }: SlotHistory): AccountView {
  const close = marks.at(-1)?.close;
  const { quantity, cost } = account.position;
  // Without a price the position is worth what it cost.
  const value = close === undefined ? cost : quantity.times(decimal(String(close)));
  const equity =
    close === undefined ? budget.plus(account.quoteFlow).plus(cost) : equityOf(account, budget, decimal(String(close)));
  return {
    budget: text(budget),
    equity: text(equity),
    totalReturn: change(equity, budget),
    drawdown: Math.min(0, change(equity, account.peakEquity)),
    realisedPnl: text(account.realisedPnl),
    unrealisedPnl: text(value.minus(cost)),
    fees: text(books.fees),
    feesByAsset: Object.fromEntries(Object.entries(account.fees).map(([asset, paid]) => [asset, text(paid)])),
    trades: account.trades,
    exits: books.exits,
    wins: books.wins,
    position: {
      quantity: text(quantity),
      averagePrice: quantity.gt(ZERO) ? text(cost.div(quantity)) : null,
      value: text(value),
    },
  };
}

/** What one of so many lines may use. */
export const shareOf = (config: LiveConfig, lines: number): Decimal =>
  engineSettings(config, lines).strategy.quoteBudget;

/**
 * Reads what stands at the head of the page: who trades what, with which model, and what came of it so far.
 *
 * @throws AresError `LEDGER_ITEM_INVALID`, `CONFIG_STORED_INVALID`
 */
export async function readOverview(
  of: { readonly slot: SlotId; readonly venue: VenueView; readonly history: SlotHistory; readonly now: EpochMillis },
  ledger: LedgerReader,
): Promise<Overview> {
  const { slot, venue, history, now } = of;
  const { account, strategy, timeframe } = parseSlotId(slot);
  // Books are a line's: of a slot of several symbols the first line is shown.
  const lines = linesOf(slot);
  const line = lines[0] as SlotId;
  const symbol = parseSlotId(line).symbols[0] as string;
  const [base, quote] = symbol.split('/') as [string, string];
  const { config } = await readConfig(ledger);
  const [deployment, trading, books, trader] = await Promise.all([
    readDeployment(ledger, slot),
    readTradingState(ledger, slot),
    readAccount(ledger, line),
    readTrader(ledger, slot, now, config.monitoring.heartbeatAgeMs),
  ]);
  const { championRunId: runId, championHash: modelHash } = deployment;
  const champion = runId === null ? undefined : await findModel(ledger, slot, runId);
  const last = history.marks.at(-1);
  const { state, reason, by, since } = trading;
  return {
    slot: { id: slot, account, strategy, symbol, base, quote, timeframe },
    venue,
    trading: { state, reason, by, since },
    market: last
      ? { time: last.barClose, close: last.close, probability: last.probability, signal: last.signal }
      : null,
    account: books && accountView(books, shareOf(config, lines.length), history),
    model:
      runId === null || modelHash === null
        ? null
        : { runId, modelHash, since: champion?.record.promotedAt ?? null, metrics: champion?.record.metrics ?? {} },
    trader,
  };
}
