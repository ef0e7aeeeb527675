import { AresError } from '../ares-error.ts';
import type { OrderStatus } from '../ports/exchange.ts';

/**
 * What we know of an order of ours. `unknown`: sent, and no answer says whether the exchange has it.
 */
export type OrderState =
  | 'intent'
  | 'unknown'
  | 'acknowledged'
  | 'partially_filled'
  | 'filled'
  | 'cancelled'
  | 'expired'
  | 'rejected';

/** The legal transitions. An acknowledgement or a fill may be the first thing heard of an order, in any order; an end is final. */
export const orderTransitions: Readonly<Record<OrderState, readonly OrderState[]>> = {
  intent: ['unknown', 'acknowledged', 'partially_filled', 'filled', 'cancelled', 'expired', 'rejected'],
  unknown: ['acknowledged', 'partially_filled', 'filled', 'cancelled', 'expired', 'rejected'],
  acknowledged: ['partially_filled', 'filled', 'cancelled', 'expired', 'rejected'],
  partially_filled: ['filled', 'cancelled', 'expired'],
  filled: [],
  cancelled: [],
  expired: [],
  rejected: [],
};

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
