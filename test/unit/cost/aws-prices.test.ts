import { describe, expect, it } from 'vitest';
import { awsPrices, priceOf } from '../../../scripts/cost/aws-prices.ts';

const ids = Object.keys(awsPrices) as (keyof typeof awsPrices)[];

describe('the table of prices', () => {
  it.each(ids)('%s says where its figure was read, and when, or that nobody has', (id) => {
    const { source, alwaysFree } = priceOf(id);
    for (const said of [source, ...(alwaysFree ? [alwaysFree.source] : [])]) {
      if (said.kind === 'unverified') {
        expect(said.from).not.toBe('');
      } else {
        expect(URL.canParse(said.address)).toBe(true);
        expect(said.read).toMatch(/^\d{4}-\d{2}-\d{2}$/);
        expect(said.asOf).not.toBe('');
      }
    }
  });

  it.each(ids)('%s is a decimal amount for a positive number of units', (id) => {
    expect(priceOf(id).usd).toMatch(/^\d+(\.\d+)?$/);
    expect(priceOf(id).per).toBeGreaterThan(0);
  });
});
