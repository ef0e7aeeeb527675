import type { Candle } from '../market-data/candle.ts';
import type { FeatureOperator } from './feature-operator.ts';
import { type FeatureSet, WARM_UP_BARS } from './feature-set.ts';

/** The operators that serve the bars of one segment, fed since its warm-up began. */
export interface AnchoredSegment {
  /** Open time at which the segment begins. */
  readonly anchor: number;
  close(candle: Candle): void;
  /** Feeds the open bar; the next bar, open or closed, takes its place. */
  preview(candle: Candle): void;
  /** Whether enough bars have been closed for the next one to have a row. */
  warm(): boolean;
  /** Writes the row of the bar fed last; `false` when a value is not finite. */
  write(row: Float32Array): boolean;
}

export function createAnchoredSegment(set: FeatureSet, anchor: number): AnchoredSegment {
  const operators: readonly FeatureOperator[] = set.families.map((family) => family.create());
  const offsets: number[] = [];
  let width = 0;
  for (const family of set.families) {
    offsets.push(width);
    width += family.names.length;
  }
  const values = new Float64Array(width);
  let closed = 0;
  let previewed = false;

  const feed = (candle: Candle) => {
    for (let i = 0; i < operators.length; i += 1) (operators[i] as FeatureOperator).update(candle, previewed);
  };

  return {
    anchor,
    close(candle) {
      feed(candle);
      previewed = false;
      closed += 1;
    },
    preview(candle) {
      feed(candle);
      previewed = true;
    },
    warm: () => closed >= WARM_UP_BARS,
    write(row) {
      for (let i = 0; i < operators.length; i += 1) {
        (operators[i] as FeatureOperator).write(values, offsets[i] as number);
      }
      row.set(values);
      return row.every(Number.isFinite);
    },
  };
}
