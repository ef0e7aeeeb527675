import { AresError } from '../../src/core/ares-error.ts';
import type { InitialSettings } from '../../src/core/config/seed-config.ts';
import { everyFeature } from '../../src/core/features/every-feature.ts';
import { createFeatureComputer } from '../../src/core/features/feature-computer.ts';
import type { Timeframe } from '../../src/core/market-data/candle.ts';
import { timeframeMillis } from '../../src/core/market-data/timeframe.ts';
import { parseSlotId, type SlotId } from '../../src/core/models/slot.ts';
import {
  type EpochMillis,
  epochMillis,
  type Monotonic,
  type Timers,
  type WallClock,
} from '../../src/core/ports/clock.ts';
import type { CommandQueue } from '../../src/core/ports/command-queue.ts';
import type { Exchange, MarketCapabilities, MarketRules } from '../../src/core/ports/exchange.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import type { Log } from '../../src/core/ports/log.ts';
import type { ModelStore } from '../../src/core/ports/model-store.ts';
import type { PredictorLoader } from '../../src/core/ports/predictor.ts';
import type { Random } from '../../src/core/ports/random.ts';
import type { ReplayControl } from '../../src/core/ports/replay-control.ts';
import type { Exposure } from '../../src/core/risk/exposure.ts';
import type { TradingMode } from '../../src/core/risk/risk-context.ts';
import { TradingEngine } from '../../src/core/trading/engine.ts';
import type { BarFeatures } from '../../src/core/trading/engine-model.ts';
import type { EngineSettings } from '../../src/core/trading/engine-settings.ts';
import type { Lease } from '../../src/core/trading/lease.ts';
import { createLedgerJournal } from '../../src/core/trading/ledger-journal.ts';
import { readBooks } from '../../src/core/trading/open-books.ts';
import { type Recovery, recoverSlot } from '../../src/core/trading/recover-slot.ts';
import type { TradingJournal } from '../../src/core/trading/trading-journal.ts';
import { readHistory } from './read-history.ts';

export interface TraderOptions {
  readonly slot: SlotId;
  readonly stage: string;
  /** Live is refused where a delayed order could appear at any time. */
  readonly mode?: 'paper' | 'shadow' | 'live';
  /** What the live configuration begins with, where there is none. */
  readonly initialSettings: InitialSettings | undefined;
  readonly leaseTtlMs: number;
  readonly recvWindowMs: number;
  readonly commandPollMs: number;
  readonly heartbeatMs: number;
  /** In lockstep: called when a bar is done. */
  readonly acknowledge: ReplayControl['acknowledge'] | undefined;
  /** False where silence of the market is no fault: a replay that was paused or is over. */
  readonly haltOnSilence?: boolean;
  /** What rows are computed by; every feature there is where absent. */
  readonly features?: (timeframe: Timeframe, completeSince: number) => BarFeatures;
  /** What the slots of one process share. */
  readonly shared?: SharedAccount;
  readonly onReady: () => void;
  /** The ledger has taken a heartbeat. */
  readonly onBeat: () => void;
}

/** The account as all slots of one process use it. */
export interface SharedAccount {
  readonly slots: readonly SlotId[];
  readonly exposure: Exposure;
  /** What the lines with one quote currency have left to buy with. */
  funds(quote: string): Exposure;
}

export interface TraderPorts {
  readonly commandQueue: CommandQueue;
  readonly exchange: Exchange;
  readonly ledger: Ledger;
  readonly log: Log;
  readonly modelStore: ModelStore;
  readonly monotonic: Monotonic;
  readonly predictorLoader: PredictorLoader;
  readonly random: Random;
  readonly timers: Timers;
  readonly wallClock: WallClock;
}

/** One market of a slot, from its books to its engine. */
export interface Line {
  readonly id: SlotId;
  readonly symbol: string;
  readonly rules: MarketRules;
  readonly engine: TradingEngine;
  readonly journal: TradingJournal;
}

/** A line whose books are what the exchange has, or are known not to be. */
export interface RecoveredLine {
  readonly id: SlotId;
  readonly symbol: string;
  readonly rules: MarketRules;
  readonly journal: TradingJournal;
  readonly recovery: Exclude<Recovery, { outcome: 'accepted' }>;
  /** Reads the market's history and makes the line trade. */
  start(of: {
    readonly mode: TradingMode;
    readonly shared: SharedAccount;
    readonly onHalt: (reason: string) => void;
    readonly onBarDone: (barClose: EpochMillis) => void;
  }): Promise<Line>;
}

/** A person's word is taken once a recovery; that there are words without end is no reason to go on for ever. */
const RECOVERIES = 3;

/**
 * Brings a line's books to what the exchange says.
 *
 * @throws AresError `MODE_REFUSED` for an exchange that is not safe to trade live on, and all that recovery throws
 */
export async function recoverLine(
  of: {
    readonly id: SlotId;
    readonly options: TraderOptions;
    readonly instance: string;
    readonly lease: Lease;
    readonly settings: EngineSettings;
    readonly onFatal: (error: unknown) => void;
  },
  ports: TraderPorts,
): Promise<RecoveredLine> {
  const { id, options, instance, lease, settings, onFatal } = of;
  const { exchange, log, monotonic, timers, wallClock } = ports;
  const { symbols, timeframe } = parseSlotId(id);
  const symbol = symbols[0] as string;
  const [rules, capabilities] = [await exchange.rules(symbol), await exchange.capabilities(symbol)];
  refuseUnsafe(options, symbol, capabilities);
  const recovering = {
    slot: id,
    rules,
    budget: settings.strategy.quoteBudget,
    limits: settings.limits,
    recvWindowMs: options.recvWindowMs,
    barMillis: timeframeMillis(timeframe),
    sessionId: instance,
    startedAt: wallClock.now(),
    guard: lease.guard,
    accountSlots: ownAccountSlots(options),
  };
  let engine: TradingEngine | undefined;
  for (let left = RECOVERIES; ; left -= 1) {
    const books = await readBooks(recovering, ports);
    const journal = createLedgerJournal(
      {
        slot: id,
        sessionId: instance,
        guard: lease.guard,
        accountVersion: books.accountVersion,
        orderVersions: books.orderVersions,
        marketTime: () => engine?.marketTime ?? epochMillis(books.account.settledThrough),
        onFailure: onFatal,
      },
      ports,
    );
    const recovery = await recoverSlot(books, recovering, journal, ports);
    if (recovery.outcome === 'accepted') {
      log.warn('a person has accepted the balances: the books are recovered anew', { line: id });
      if (left > 1) continue;
      throw new AresError('RECOVER_AGAIN', `books of ${id} were changed ${RECOVERIES} times: the trader begins anew`);
    }
    const { account, openOrders, decidedBars } = recovery;
    return {
      id,
      symbol,
      rules,
      journal,
      recovery,
      start: async ({ mode, shared, onHalt, onBarDone }) => {
        const history = await readHistory(symbol, timeframe, exchange);
        const features =
          options.features?.(timeframe, history.completeSince) ??
          createFeatureComputer(everyFeature, timeframe, { completeSince: history.completeSince });
        engine = new TradingEngine(
          {
            slot: id,
            rules,
            capabilities,
            timeframe,
            settings,
            features,
            mode,
            account,
            openOrders,
            decidedBars,
            fence: lease,
            recvWindowMs: options.recvWindowMs,
            exposure: shared.exposure,
            funds: shared.funds(rules.quote),
            onHalt,
            onFatal,
            onBarDone,
          },
          {
            exchange,
            journal,
            monotonic,
            // In lockstep minutes pass in milliseconds: orders a minute are those of the market's minutes.
            ...(options.acknowledge ? { pace: { now: () => engine?.marketTime ?? 0 } } : {}),
            timers,
            log,
          },
        );
        engine.seed(history.candles);
        return { id, symbol, rules, engine, journal };
      },
    };
  }
}

/** A shadow trader's account is its process's own: no other process's slots are on it. */
export const ownAccountSlots = ({ mode, shared, slot }: TraderOptions): readonly SlotId[] | undefined =>
  mode === 'shadow' ? (shared?.slots ?? [slot]) : undefined;

function refuseUnsafe({ mode }: TraderOptions, symbol: string, { requestWindow }: MarketCapabilities): void {
  if (mode !== 'live' || requestWindow) return;
  throw new AresError(
    'MODE_REFUSED',
    `ARES_MODE must not be "live" on an exchange that takes signed requests of any age: an order of ${symbol} that was delayed could appear at any time`,
    { mode, symbol },
  );
}
