import { AresError, messageOf } from '../../src/core/ares-error.ts';
import { timeframeMillis } from '../../src/core/market-data/timeframe.ts';
import { parseSlotId, type SlotId } from '../../src/core/models/slot.ts';
import type { EpochMillis, Monotonic, Timers } from '../../src/core/ports/clock.ts';
import type { Exchange } from '../../src/core/ports/exchange.ts';
import type { Ledger, Write } from '../../src/core/ports/ledger.ts';
import type { Log } from '../../src/core/ports/log.ts';
import { newReconcileMemory, type Reconciliation, reconcileLine } from '../../src/core/trading/reconcile-line.ts';
import { rememberReconciled } from '../../src/core/trading/recover-slot.ts';
import type { Line } from './start-line.ts';

export interface ReconcileCounters {
  /** Resting orders that are not ours. */
  foreignOrders: number;
  reconciliations: number;
  /** News that had not come over the stream. */
  missedNews: number;
  transfers: number;
}

export interface BooksWatch {
  readonly counters: Readonly<ReconcileCounters>;
  /** Looks as soon as it can. */
  soon(): void;
  stop(): void;
}

const POLL_MS = 250;
/** A line that trades all the time is looked at again a moment later, and then with the next round. */
const TRIES = 4;
const PAUSE_MS = 200;
/** Rounds without a comparison after which somebody should know. */
const MANY = 10;
/** What an exchange has changed it may need a moment to list. */
const SETTLING_MS = 1_000;
/** An exchange that could not be read for so long is one that nothing is known of. */
const UNREADABLE_MS = 120_000;
/** Binance's weight of one look at a line alone, and of asking for an open order of another line before and after it. */
const WEIGHT_OF_LOOK = 120;
const WEIGHT_OF_ORDER = 8;
/** Of the 6,000 that Binance allows an address in a minute: the rest is for orders that have to be asked for, and for starts. */
const WEIGHT_A_MINUTE = 1_500;
/** So much of a round need not wait. */
const WEIGHT_AT_ONCE = 600;

/**
 * Compares the books of all lines with the exchange every so often while they trade.
 *
 * What differs twice in a row is a mismatch. The two looks are at least half a round apart, so that one disturbance is not taken for two; news that
 * had not arrived between them explain the first. Many lines are looked at with pauses, because each look costs the more the more lines there are.
 */
export function reconcileBooks(
  of: {
    readonly lines: readonly Line[];
    readonly guard: () => Write;
    readonly accountSlots: readonly SlotId[] | undefined;
    readonly foreignOrders: number;
    /** Milliseconds between two rounds; may change. */
    readonly everyMs: () => number;
    /** The exchange's time of the recovery. */
    readonly since: EpochMillis;
    readonly onMismatch: (line: Line, findings: readonly string[]) => Promise<void>;
    readonly onFatal: (error: unknown) => void;
  },
  ports: {
    readonly exchange: Exchange;
    readonly ledger: Ledger;
    readonly monotonic: Monotonic;
    readonly timers: Timers;
    readonly log: Log;
  },
): BooksWatch {
  const { monotonic, timers, log } = ports;
  const counters = { foreignOrders: of.foreignOrders, reconciliations: 0, missedNews: 0, transfers: 0 };
  const watched = of.lines.map((line) => ({
    line,
    memory: newReconcileMemory(of.since),
    /** When it first differed, and is to be looked at again. */
    suspectSince: undefined as number | undefined,
    isReported: false,
    readableAt: monotonic.now(),
    inconclusive: 0,
  }));
  type Watched = (typeof watched)[number];
  let due = monotonic.now() + of.everyMs();
  let running = false;
  let stopped = false;
  let spent = 0;
  let longestMs = 0;

  const weightOf = ({ line }: Watched): number => {
    let orders = 0;
    for (const { line: other } of watched) if (other !== line) orders += other.engine.snapshot().openOrders.length;
    return WEIGHT_OF_LOOK + WEIGHT_OF_ORDER * orders;
  };
  const look = async (entry: Watched): Promise<Reconciliation> => {
    const { line, memory } = entry;
    const barMillis = timeframeMillis(parseSlotId(line.id).timeframe);
    const options = { line: line.id, rules: line.rules, barMillis, guard: of.guard, accountSlots: of.accountSlots };
    let found: Reconciliation;
    for (let tries = 1; ; tries += 1) {
      spent += weightOf(entry);
      found = await reconcileLine(options, memory, () => monotonic.now(), { ...ports, engine: line.engine });
      for (const { clientOrderId } of found.newForeign) {
        counters.foreignOrders += 1;
        log.warn('an order that is not ours rests on the exchange and is left alone', { line: line.id, clientOrderId });
      }
      if (found.outcome !== 'inconclusive' || tries === TRIES || stopped) return found;
      await timers.sleep(PAUSE_MS);
    }
  };

  const judge = async (entry: Watched, found: Reconciliation): Promise<void> => {
    const { line } = entry;
    if (found.outcome !== 'inconclusive') entry.inconclusive = 0;
    counters.reconciliations += 1;
    switch (found.outcome) {
      case 'inconclusive':
        entry.inconclusive += 1;
        if (entry.inconclusive % MANY === 0)
          log.warn('books and exchange could not be compared for long', { line: line.id, reason: found.reason });
        return;
      case 'match':
        if (entry.suspectSince !== undefined) log.info('books and exchange are equal again', { line: line.id });
        entry.suspectSince = undefined;
        await rememberReconciled(line.id, ports);
        return;
      case 'news':
        for (const message of found.messages) {
          if (message.kind === 'transfers') counters.transfers += message.transfers.length;
          else counters.missedNews += 1;
          log.info('the exchange said what had not arrived', { line: line.id, kind: message.kind });
          line.engine.accept(message);
        }
        entry.suspectSince = undefined;
        due = monotonic.now() + SETTLING_MS;
        return;
      case 'mismatch': {
        const { findings } = found;
        if (entry.suspectSince === undefined) {
          entry.suspectSince = monotonic.now();
          log.warn('books and exchange differ; they are compared again', { line: line.id, findings });
        } else if (!entry.isReported && monotonic.now() - entry.suspectSince >= of.everyMs() / 2) {
          entry.isReported = true;
          await of.onMismatch(line, findings);
        }
      }
    }
  };

  const round = async (): Promise<void> => {
    const begun = monotonic.now();
    spent = 0;
    for (const entry of watched) {
      const waitMs = begun + ((spent - WEIGHT_AT_ONCE) / WEIGHT_A_MINUTE) * 60_000 - monotonic.now();
      if (waitMs > 0) await timers.sleep(waitMs);
      if (stopped) return;
      let found: Reconciliation;
      try {
        found = await look(entry);
        entry.readableAt = monotonic.now();
      } catch (error) {
        log.warn('books could not be compared with the exchange', { line: entry.line.id, error: messageOf(error) });
        const silentMs = monotonic.now() - entry.readableAt;
        if (silentMs < UNREADABLE_MS + 2 * Math.max(of.everyMs(), longestMs)) continue;
        throw new AresError(
          'RECONCILE_FAILED',
          `the exchange must be readable to compare the books of ${entry.line.id} with it, could not be read for ${Math.round(silentMs / 1_000)} s`,
          { line: entry.line.id },
          error,
        );
      }
      await judge(entry, found);
    }
    longestMs = Math.max(longestMs, monotonic.now() - begun);
  };

  const stopPolling = timers.every(POLL_MS, () => {
    if (running || monotonic.now() < due) return;
    running = true;
    due = monotonic.now() + of.everyMs();
    round()
      .catch((error: unknown) => {
        if (!stopped) of.onFatal(error);
      })
      .finally(() => {
        running = false;
      });
  });
  return {
    counters,
    soon: () => {
      due = Math.min(due, monotonic.now() + SETTLING_MS);
    },
    stop: () => {
      stopped = true;
      stopPolling();
    },
  };
}
