import type { BarDecision } from './decide.ts';
import type { ExitCause } from './decision.ts';
import type { EngineLine } from './engine-line.ts';
import { createEntryKeeper } from './entry-keeper.ts';
import type { Book } from './entry-rules.ts';
import { createExitKeeper } from './exit-keeper.ts';
import type { Decimal } from './money.ts';
import { createProtectionKeeper } from './protection-keeper.ts';

/** Brings orders to what was decided: after every message each of entry, exit and protection does the next thing it can, and nothing twice. */
export interface PositionKeeper {
  /** Why the position is being left. */
  readonly leaving: ExitCause | null;
  act(decided: BarDecision): void;
  /**
   * Leaves a position whose stop or profit a price has touched, where no order on the exchange sees to it.
   *
   * @param book that the price is of; one too wide to say anything is not acted on
   */
  watch(lowest: Decimal, sellable: Decimal | null, book: Book | null): void;
  barClosed(): void;
  settingsChanged(): void;
  cancelEntries(): void;
  tend(): void;
}

/**
 * @param isWhole whether a stop may be judged by a book
 */
export function createPositionKeeper(line: EngineLine, isWhole: (book: Book) => boolean): PositionKeeper {
  const { desk } = line;
  const entries = createEntryKeeper(line);
  const exits = createExitKeeper(line);
  const protection = createProtectionKeeper(line);
  let toldUnprotected = false;
  /** A halt may come between the cancel of a stop and the sale, or with an entry that fills: somebody has to know. */
  const tellUnprotected = (): void => {
    const { rules, journal, log, settings } = line;
    const { stopLossFraction, trailingStopFraction } = settings.exits;
    const { holding, position } = desk.effective;
    if (toldUnprotected || desk.open.size > 0 || !holding || stopLossFraction + trailingStopFraction === 0) return;
    toldUnprotected = true;
    const message = `trading is HALTED and no stop of ${rules.symbol} rests on the exchange: ${position.quantity.toFixed()} ${rules.base} are held unprotected`;
    log.error(message);
    journal.failed({ code: 'POSITION_UNPROTECTED', message });
  };
  const leave = (cause: ExitCause): void => exits.begin(cause, line.marketTime, line.modelHash);

  return {
    get leaving() {
      return exits.cause;
    },
    act({ decision, order, cancelEntries }) {
      const { barClose, exitCause, modelHash } = decision;
      if (cancelEntries) entries.cancel();
      if (!order) return;
      if (exitCause === null) entries.begin(order, barClose, modelHash);
      else {
        exits.begin(exitCause, barClose, modelHash, order);
        exits.steer();
      }
    },
    watch(lowest, sellable, book) {
      if (line.mode === 'HALTED' || exits.cause !== null || !desk.effective.holding) return;
      const cause = protection.touched(lowest, sellable);
      if (cause && (book === null || isWhole(book))) leave(cause);
    },
    barClosed: () => protection.barClosed(),
    settingsChanged: () => protection.reset(),
    cancelEntries: () => entries.cancel(),
    tend() {
      for (const order of desk.takeEnded()) for (const keeper of [entries, exits, protection]) keeper.ended(order);
      const isQuiet = desk.open.size === 0 && !desk.effective.holding;
      if (isQuiet && !entries.isUnderWay && exits.cause === null) return;
      if (line.mode !== 'ACTIVE') entries.cancel();
      if (line.mode === 'HALTED') {
        exits.abandon();
        entries.steer();
        tellUnprotected();
        return;
      }
      toldUnprotected = false;
      exits.steer();
      if (exits.cause !== null) return;
      entries.steer();
      if (entries.isUnderWay) return;
      const cause = protection.steer();
      if (!cause) return;
      leave(cause);
      exits.steer();
    },
  };
}
