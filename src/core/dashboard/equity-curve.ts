import { type Decimal, decimal } from '../trading/money.ts';
import type { Books } from './books.ts';

/** What the slot was worth at the close of a bar. */
export interface EquityPoint {
  /** Close time of the bar. */
  readonly at: number;
  /** In quote currency, as decimal text. */
  readonly equity: string;
  readonly close: number;
}

/** Budget, all cash flows and the position at a price; at most 8 decimals. */
export function equityAt(
  { quoteFlow, position }: Pick<Books, 'quoteFlow' | 'position'>,
  budget: Decimal,
  close: number,
): Decimal {
  return budget
    .plus(quoteFlow)
    .plus(position.quantity.times(decimal(String(close))))
    .round(8);
}

/** The finest power of two of bars that puts at most `maxPoints` cells over the span. */
export function strideFor(spanMillis: number, barMillis: number, maxPoints: number): number {
  let stride = barMillis;
  while (spanMillis / stride > maxPoints) stride *= 2;
  return stride;
}

/** The first point of each cell of the grid, and the newest: a coarser grid keeps a subset of what a finer one kept. */
export function thinned<P extends { readonly at: number }>(points: readonly P[], stride: number): P[] {
  const cell = (point: P | undefined) => (point ? Math.floor(point.at / stride) : Number.NaN);
  return points.filter((point, i) => i === points.length - 1 || cell(point) !== cell(points[i - 1]));
}
