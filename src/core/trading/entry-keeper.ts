import type { EpochMillis } from '../ports/clock.ts';
import type { ApprovedOrder } from '../risk/approved-order.ts';
import type { EngineLine } from './engine-line.ts';
import { entryObstacle, entryTerms, repricedTo } from './entry-rules.ts';
import { type Decimal, floorToStep, type Price, quantity } from './money.ts';
import { filledByFills, type OwnOrder } from './own-order.ts';
import { isTradable } from './strategy.ts';

/** An entry from its signal to its last order. */
interface EntryPlan {
  readonly barClose: EpochMillis;
  readonly modelHash: string | null;
  /** What the signal came at: no order of it follows the market further away than the settings allow. */
  readonly signalPrice: Price;
  readonly firstAt: number;
  /** Filled by orders of it that have ended. */
  filled: Decimal;
  readonly wanted: Decimal;
  movedAt: number;
  reprices: number;
  /** Another order follows when the one under way has ended. */
  renews: boolean;
  /** No more orders follow. */
  closing: boolean;
}

/** Tends the entry under way: moves it after the market within its bounds, ends it when its time is over. */
export interface EntryKeeper {
  /** True while an order of it is open or still to come. */
  readonly isUnderWay: boolean;
  begin(order: ApprovedOrder, barClose: EpochMillis, modelHash: string | null): void;
  /** No more is bought. */
  cancel(): void;
  ended(order: OwnOrder): void;
  steer(): void;
}

export function createEntryKeeper(line: EngineLine): EntryKeeper {
  const { rules, desk, gate, counters } = line;
  let plan: EntryPlan | undefined;

  const openEntries = (): readonly OwnOrder[] =>
    desk.open.size === 0 ? NONE : [...desk.open.values()].filter(({ leg }) => leg === 'entry');

  /**
   * A moved entry is cancelled first and sent again when its fills are known: replaced in one request, a fill on the way would be bought twice.
   */
  const move = (under: EntryPlan, order: OwnOrder): void => {
    const { book, now, settings } = line;
    if (!book || !order.limitPrice || under.reprices >= settings.entry.maxReprices) return;
    if (now - under.movedAt < settings.entry.repriceAfterMs) return;
    if (!repricedTo(order.limitPrice, settings.entry, under.signalPrice, book, rules)) return;
    under.movedAt = now;
    if (entryObstacle(settings.entry, under.signalPrice, book, rules) !== undefined) return;
    under.renews = true;
    gate.cancel(order);
  };

  const renew = (under: EntryPlan): void => {
    const { book, now, settings } = line;
    if (!book || now < under.movedAt) return;
    const terms = entryTerms(settings.entry, under.signalPrice, book, rules);
    const rest = floorToStep(under.wanted.minus(under.filled), rules.quantityStep);
    under.renews = false;
    if (terms.type === 'market' || !terms.limitPrice || !isTradable(rest, terms.limitPrice, rules)) return;
    const { barClose, modelHash } = under;
    const risk = gate.check({
      ...terms,
      leg: 'entry',
      barClose,
      side: 'buy',
      quantity: quantity(rest),
      referencePrice: book.ask,
    });
    if (risk.outcome === 'refused') {
      line.log.info('an entry is not moved', { reason: `${risk.rule}: ${risk.reason}` });
      return;
    }
    under.movedAt = now;
    under.reprices += 1;
    counters.reprices += 1;
    gate.send(risk.order, { leg: 'entry', barClose, modelHash });
  };

  return {
    get isUnderWay() {
      return plan !== undefined || desk.views.some(({ leg }) => leg === 'entry');
    },
    begin(order, barClose, modelHash) {
      plan = {
        barClose,
        modelHash,
        signalPrice: order.referencePrice,
        firstAt: line.now,
        movedAt: line.now,
        wanted: order.quantity,
        filled: quantity('0'),
        reprices: 0,
        renews: false,
        closing: false,
      };
      gate.send(order, { leg: 'entry', barClose, modelHash });
    },
    cancel() {
      if (plan) plan.closing = true;
      for (const order of openEntries()) if (desk.isAtRest(order)) gate.cancel(order);
    },
    ended(order) {
      if (order.leg !== 'entry' || !plan) return;
      plan.filled = plan.filled.plus(filledByFills(order));
      // Refused because it would have taken: the market has moved, and is followed after a while.
      if (order.state !== 'rejected' || order.type !== 'post_only' || !isHeard(order)) return;
      if (plan.reprices >= line.settings.entry.maxReprices) return;
      plan.renews = true;
      plan.movedAt = line.now + line.settings.entry.repriceAfterMs;
    },
    steer() {
      const expired = plan !== undefined && line.now - plan.firstAt >= line.settings.entry.expiryMs;
      const [order, another] = openEntries();
      if (order) {
        if (another || !desk.isAtRest(order)) return;
        if (!plan || plan.closing || expired) gate.cancel(order);
        else move(plan, order);
        return;
      }
      if (!plan) return;
      if (plan.closing || expired) plan.renews = false;
      if (plan.renews) renew(plan);
      if (!plan.renews && openEntries().length === 0) plan = undefined;
    },
  };
}

const NONE: readonly OwnOrder[] = [];

/** Whether it was the exchange that ended it, and not its silence. */
const isHeard = ({ reason }: OwnOrder): boolean => reason !== 'never reached the exchange';
