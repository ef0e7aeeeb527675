import type { ComponentChildren } from 'preact';
import { type Order, pressed } from './order.ts';

/** A column's heading that sorts by it. */
export function SortHeading({
  column,
  kind = 'figure',
  order,
  onOrder,
  note,
  children,
}: {
  readonly column: string;
  readonly kind?: 'text' | 'figure' | 'time';
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
  readonly note?: string | undefined;
  readonly children: ComponentChildren;
}) {
  const sorted = order.key === column;
  const direction = order.descending ? 'descending' : 'ascending';
  return (
    <th scope="col" class={kind === 'figure' ? 'number' : ''} aria-sort={sorted ? direction : undefined}>
      <button type="button" class="sort" title={note} onClick={() => onOrder(pressed(order, column, kind === 'text'))}>
        {children}
        <span class="arrow" aria-hidden="true">
          {sorted ? (order.descending ? '▼' : '▲') : ''}
        </span>
      </button>
    </th>
  );
}
