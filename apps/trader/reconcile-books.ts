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

/**
 * Compares the books of all lines with the exchange every so often while they trade.
 *
 * What differs twice in a row is a mismatch. The two looks are at least half a round apart, so that one disturbance is not taken for two.
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

  const look = async ({ line, memory }: Watched): Promise<Reconciliation> => {
    const barMillis = timeframeMillis(parseSlotId(line.id).timeframe);
    const options = { line: line.id, rules: line.rules, barMillis, guard: of.guard, accountSlots: of.accountSlots };
    let found: Reconciliation;
    for (let tries = 1; ; tries += 1) {
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
    for (const entry of watched) {
      if (stopped) return;
      let found: Reconciliation;
      try {
        found = await look(entry);
        entry.readableAt = monotonic.now();
      } catch (error) {
        log.warn('books could not be compared with the exchange', { line: entry.line.id, error: messageOf(error) });
        const silentMs = monotonic.now() - entry.readableAt;
        if (silentMs < UNREADABLE_MS + 2 * of.everyMs()) continue;
        throw new AresError(
          'RECONCILE_FAILED',
          `the exchange must be readable to compare the books of ${entry.line.id} with it, could not be read for ${Math.round(silentMs / 1_000)} s`,
          { line: entry.line.id },
          error,
        );
      }
      await judge(entry, found);
    }
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
