import { describe } from 'vitest';
import type { ExchangeHarness } from './exchange-harness.ts';
import { orderSpecs } from './order-specs.ts';
import { readSpecs } from './read-specs.ts';
import { streamSpecs } from './stream-specs.ts';

/**
 * What every exchange adapter promises.
 *
 * R: reads. O: orders. S: streams. The numbers are names: they are not reused.
 */
export function exchangeContract(name: string, open: () => Promise<ExchangeHarness>): void {
  describe(name, () => {
    readSpecs(open);
    orderSpecs(open);
    streamSpecs(open);
  });
}
