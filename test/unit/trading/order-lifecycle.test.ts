import { describe, expect, it } from 'vitest';
import { type OrderState, orderTransitions, transitionOrder } from '../../../src/core/trading/order-lifecycle.ts';

const legal = [
  'intent>sent',
  'intent>unknown',
  'intent>acknowledged',
  'intent>partially_filled',
  'intent>filled',
  'intent>cancelled',
  'intent>expired',
  'intent>rejected',
  'sent>unknown',
  'sent>acknowledged',
  'sent>partially_filled',
  'sent>filled',
  'sent>cancelled',
  'sent>expired',
  'sent>rejected',
  'unknown>acknowledged',
  'unknown>partially_filled',
  'unknown>filled',
  'unknown>cancelled',
  'unknown>expired',
  'unknown>rejected',
  'acknowledged>partially_filled',
  'acknowledged>filled',
  'acknowledged>cancelled',
  'acknowledged>expired',
  'acknowledged>rejected',
  'partially_filled>filled',
  'partially_filled>cancelled',
  'partially_filled>expired',
];
const states = Object.keys(orderTransitions) as OrderState[];

describe('the life of an order', () => {
  it.each(states.flatMap((from) => states.map((to) => [from, to] as const)))('from %s to %s', (from, to) => {
    if (from === to || legal.includes(`${from}>${to}`)) expect(transitionOrder(from, to)).toBe(to);
    else expect(() => transitionOrder(from, to)).toThrow(expect.objectContaining({ code: 'ORDER_TRANSITION_ILLEGAL' }));
  });

  it('names what would have been legal', () => {
    expect(() => transitionOrder('partially_filled', 'rejected')).toThrow(
      'an order that is partially_filled must become one of filled, cancelled, expired, was to become rejected',
    );
    expect(() => transitionOrder('filled', 'cancelled')).toThrow(
      'an order that is filled must become one of nothing else, was to become cancelled',
    );
  });
});
