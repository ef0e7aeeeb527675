import type { SlotId } from '../models/slot.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type { ApprovedOrder, ProposedOrder } from '../risk/approved-order.ts';
import { checkRisk, type RiskDecision } from '../risk/risk-engine.ts';
import { clientOrderId, type Leg } from './client-order-id.ts';
import type { EngineSettings } from './engine-settings.ts';
import { type LineView, type OpenOrderView, riskContext } from './line-view.ts';
import type { OrderDesk, OrderPurpose } from './order-desk.ts';
import type { OrderPace } from './order-pace.ts';
import type { OwnOrder } from './own-order.ts';

/** An order before it has a name. */
export type Proposal = Omit<ProposedOrder, 'symbol' | 'clientOrderId'> & {
  readonly leg: Leg;
  readonly barClose: EpochMillis;
};

/**
 * The one way to the desk: names each order so that no id is ever sent twice, has risk look at it, and counts what is sent.
 */
export interface OrderGate {
  nextAttempt(leg: Leg, barClose: EpochMillis): number;
  /** @param instead open orders that are gone before this one is there */
  check(proposal: Proposal, instead?: (open: OpenOrderView) => boolean): RiskDecision;
  /** Sends an approved order; `cancelId` is the one it replaces. */
  send(order: ApprovedOrder, purpose: OrderPurpose, cancelId?: string): void;
  sendPair(
    pair: { readonly takeProfit: ApprovedOrder; readonly stopLoss: ApprovedOrder },
    purpose: Omit<OrderPurpose, 'leg'>,
  ): void;
  cancel(order: OwnOrder): void;
}

/** Bars, at least, whose names are counted on at once; far more than can be under way. */
const REMEMBERED_BARS = 300;

export function createOrderGate(
  options: { readonly slot: SlotId; readonly epoch: number; readonly symbol: string },
  line: { readonly view: () => LineView; readonly settings: () => EngineSettings },
  ports: { readonly desk: OrderDesk; readonly pace: OrderPace },
): OrderGate {
  const { slot, epoch, symbol } = options;
  const { desk, pace } = ports;
  const attempts = new Map<EpochMillis, Record<Leg, number>>();
  let newest = Number.NEGATIVE_INFINITY;
  const nextAttempt = (leg: Leg, barClose: EpochMillis): number =>
    // Nothing was sent at a bar yet that is newer than all of them: the common case.
    barClose > newest ? 0 : (attempts.get(barClose)?.[leg] ?? 0);
  const idOf = (leg: Leg, barClose: EpochMillis): string =>
    clientOrderId({ slot, barClose, leg, attempt: nextAttempt(leg, barClose), epoch });
  const used = (leg: Leg, barClose: EpochMillis): void => {
    const used = nextAttempt(leg, barClose) + 1;
    const ofBar = barClose > newest ? undefined : attempts.get(barClose);
    if (ofBar) {
      ofBar[leg] = used;
      return;
    }
    const ofNewBar = { entry: 0, exit: 0, stop_loss: 0, take_profit: 0, pair: 0 };
    ofNewBar[leg] = used;
    attempts.set(barClose, ofNewBar);
    newest = Math.max(newest, barClose);
    if (attempts.size < 2 * REMEMBERED_BARS) return;
    let surplus = REMEMBERED_BARS;
    for (const oldest of attempts.keys()) {
      if (surplus === 0) return;
      attempts.delete(oldest);
      surplus -= 1;
    }
  };

  return {
    nextAttempt,
    check({ leg, barClose, ...order }, instead) {
      const id = idOf(leg, barClose);
      const proposed: ProposedOrder = { ...order, symbol, clientOrderId: id };
      const context = riskContext(
        line.view(),
        { leg, barClose, alreadySent: desk.knows(id), ...(instead ? { instead } : {}) },
        order.referencePrice,
      );
      return checkRisk(proposed, line.settings().limits, context);
    },
    send(order, purpose, cancelId) {
      if (cancelId === undefined) desk.send(order, purpose);
      else desk.replace(cancelId, order, purpose);
      used(purpose.leg, purpose.barClose);
      pace.count(order.side);
    },
    sendPair(pair, purpose) {
      const { barClose } = purpose;
      desk.sendPair({ ...pair, listClientOrderId: idOf('pair', barClose) }, purpose);
      for (const leg of ['pair', 'stop_loss', 'take_profit'] as const) used(leg, barClose);
      for (const { side } of [pair.stopLoss, pair.takeProfit]) pace.count(side);
    },
    cancel: (order) => desk.cancel(order.clientOrderId),
  };
}
