import { expect, it } from 'vitest';
import { aresCore } from '../../../src/core/features/ares-core.ts';
import { WARM_UP_BARS } from '../../../src/core/features/feature-set.ts';
import { randomMarket } from './random-market.ts';

it.each(aresCore.families.map((family) => ({ names: family.names.join(', '), family })))(
  '$names: NaN before enough bars, a number before the warm-up is over',
  ({ family }) => {
    const operator = family.create();
    const out = new Float64Array(family.names.length + 1).fill(7);
    const read = () => {
      operator.write(out, 1);
      return [...out.slice(1)];
    };
    expect(read().some(Number.isNaN)).toBe(true);
    for (const candle of randomMarket({ seed: 2, bars: WARM_UP_BARS })) operator.update(candle, false);
    expect(read().every(Number.isFinite)).toBe(true);
    expect(out[0]).toBe(7);
  },
);
