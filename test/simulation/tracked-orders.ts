import type { OrderStatus } from '../../src/core/ports/exchange.ts';
import type { ApprovedOrder } from '../../src/core/risk/approved-order.ts';
import { stateOfStatus } from '../../src/core/trading/order-lifecycle.ts';
import type { CoveredState } from './faults.ts';
import type { VirtualProcess } from './virtual-process.ts';

/** An order of the trader's as the world sees it: from the call that hands it over to its end on the exchange. */
export interface TrackedOrder {
  readonly id: string;
  readonly order: ApprovedOrder;
  readonly sender: VirtualProcess;
  readonly calledAt: number;
  phase: 'intent' | 'sent' | 'unknown' | 'heard' | 'refused';
  /** What the exchange says, once it has it. */
  status: OrderStatus | undefined;
  acceptedAt: number | undefined;
  endedAt: number | undefined;
}

/** How long an order that has ended still counts as one that a fault can strike. */
const REMEMBERED_MS = 90_000;

export interface TrackedOrders {
  called(order: ApprovedOrder, sender: VirtualProcess): TrackedOrder;
  find(id: string): TrackedOrder | undefined;
  accepted(id: string): void;
  reported(id: string, status: OrderStatus): void;
  /** The trader has heard of it. */
  heard(id: string): void;
  refused(id: string): void;
  unanswered(id: string): void;
  departed(id: string): void;
  states(): Iterable<CoveredState>;
  all(): Iterable<TrackedOrder>;
}

/** @param onChange told when an order has come into another state */
export function createTrackedOrders(now: () => number, onChange: (state: CoveredState) => void): TrackedOrders {
  const orders = new Map<string, TrackedOrder>();
  let recent: TrackedOrder[] = [];
  const change = (id: string, run: (order: TrackedOrder) => void): void => {
    const order = orders.get(id);
    if (!order) return;
    const before = stateOf(order);
    run(order);
    const after = stateOf(order);
    if (after !== before) onChange(after);
  };
  const stateOf = (order: TrackedOrder): CoveredState => {
    const { phase, status, sender } = order;
    if (phase === 'refused') return 'rejected';
    if (phase === 'heard' || !sender.isAlive) return status ? (stateOfStatus(status) as CoveredState) : 'rejected';
    return phase;
  };
  const isEnded = (status: OrderStatus): boolean => status !== 'new' && status !== 'partially_filled';
  return {
    called(order, sender) {
      const tracked: TrackedOrder = {
        id: order.clientOrderId,
        order,
        sender,
        calledAt: now(),
        phase: 'intent',
        status: undefined,
        acceptedAt: undefined,
        endedAt: undefined,
      };
      orders.set(tracked.id, tracked);
      recent.push(tracked);
      onChange('intent');
      return tracked;
    },
    find: (id) => orders.get(id),
    accepted: (id) =>
      change(id, (order) => {
        order.acceptedAt ??= now();
      }),
    reported: (id, status) =>
      change(id, (order) => {
        order.status = status;
        if (isEnded(status)) order.endedAt ??= now();
      }),
    heard: (id) =>
      change(id, (order) => {
        if (order.status !== undefined) order.phase = 'heard';
      }),
    refused: (id) =>
      change(id, (order) => {
        order.phase = 'refused';
        order.endedAt ??= now();
      }),
    unanswered: (id) =>
      change(id, (order) => {
        if (order.phase === 'intent' || order.phase === 'sent') order.phase = 'unknown';
      }),
    departed: (id) =>
      change(id, (order) => {
        if (order.phase === 'intent') order.phase = 'sent';
      }),
    *states() {
      const oldest = now() - REMEMBERED_MS;
      recent = recent.filter((order) => order.endedAt === undefined || order.endedAt >= oldest);
      // One that never arrived has no end of its own.
      recent = recent.filter((order) => order.status !== undefined || order.calledAt >= oldest);
      for (const order of recent) yield stateOf(order);
    },
    all: () => orders.values(),
  };
}
