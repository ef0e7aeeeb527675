import { AresError } from '../ares-error.ts';
import type { OrderStatus } from '../ports/exchange.ts';

/**
 * What we know of an order of ours. `intent`: approved and about to be sent; `sent`: on the wire, no answer yet; `unknown`: no answer came, and nothing says
 * whether the exchange has it.
 */
export type OrderState =
  | 'intent'
  | 'sent'
  | 'unknown'
  | 'acknowledged'
  | 'partially_filled'
  | 'filled'
  | 'cancelled'
  | 'expired'
  | 'rejected';

/** The legal transitions. An acknowledgement or a fill may be the first thing heard of an order, in any order; an end is final. */
export const orderTransitions: Readonly<Record<OrderState, readonly OrderState[]>> = {
  intent: ['sent', 'unknown', 'acknowledged', 'partially_filled', 'filled', 'cancelled', 'expired', 'rejected'],
  sent: ['unknown', 'acknowledged', 'partially_filled', 'filled', 'cancelled', 'expired', 'rejected'],
  unknown: ['acknowledged', 'partially_filled', 'filled', 'cancelled', 'expired', 'rejected'],
  acknowledged: ['partially_filled', 'filled', 'cancelled', 'expired', 'rejected'],
  partially_filled: ['filled', 'cancelled', 'expired'],
  filled: [],
  cancelled: [],
  expired: [],
  rejected: [],
};

/** States in which nothing has been heard of the order from the exchange. */
export const isUnheard = (state: OrderState): boolean => state === 'intent' || state === 'sent' || state === 'unknown';

export const isFinal = (state: OrderState): boolean => orderTransitions[state].length === 0;

/** @throws AresError `ORDER_TRANSITION_ILLEGAL` naming both states */
export function transitionOrder(from: OrderState, to: OrderState): OrderState {
  if (from === to) return to;
  if (!orderTransitions[from].includes(to)) {
    throw new AresError(
      'ORDER_TRANSITION_ILLEGAL',
      `an order that is ${from} must become one of ${orderTransitions[from].join(', ') || 'nothing else'}, was to become ${to}`,
    );
  }
  return to;
}

const STATE_OF: Readonly<Record<OrderStatus, OrderState>> = {
  new: 'acknowledged',
  partially_filled: 'partially_filled',
  filled: 'filled',
  cancelled: 'cancelled',
  expired: 'expired',
  rejected: 'rejected',
};

/** Our state for what the exchange reports. */
export const stateOfStatus = (status: OrderStatus): OrderState => STATE_OF[status];
