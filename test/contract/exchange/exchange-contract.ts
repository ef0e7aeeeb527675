import { describe } from 'vitest';
import type { Exchange, MarketCapabilities } from '../../../src/core/ports/exchange.ts';
import { accountSpecs } from './account-specs.ts';
import type { ExchangeHarness, MarketHarness } from './exchange-harness.ts';
import { lostAnswerSpecs } from './lost-answer-specs.ts';
import { orderSpecs } from './order-specs.ts';
import { orderTypeSpecs } from './order-type-specs.ts';
import { pairSpecs } from './pair-specs.ts';
import { readSpecs } from './read-specs.ts';
import { replaceSpecs } from './replace-specs.ts';
import { streamSpecs } from './stream-specs.ts';

type Transports = readonly (readonly [string, (harness: MarketHarness) => Exchange])[];

const inProcess: Transports = [['in the process', (harness) => harness.exchange]];
const overNetwork: Transports = [
  ['over the socket', (harness) => harness.exchange],
  ['over REST', (harness) => harness.overRest?.() ?? harness.exchange],
];

/*
 * What every exchange adapter promises, in two parts that can run beside each other.
 *
 * R: reads. O: orders (from O30 pairs, from O40 replacing, from O50 answers that were lost). C: cancels. S: streams. T: transfers. M: several markets. K: capabilities.
 * The numbers are names: they are not reused.
 */

/** What a network can do to requests, answers and streams. */
export function networkContract(name: string, open: () => Promise<ExchangeHarness>): void {
  describe(name, () => {
    readSpecs(open);
    orderSpecs(open);
    lostAnswerSpecs(open);
    streamSpecs(open);
  });
}

/** What can be traded, over each transport. */
export function tradingContract(
  name: string,
  open: () => Promise<ExchangeHarness>,
  capabilities: MarketCapabilities,
): void {
  describe(name, () => {
    marketSpecs(open, overNetwork, capabilities);
  });
}

/** The part of the contract that holds for an exchange inside the process, where nothing can be lost on the way. */
export function inProcessContract(
  name: string,
  open: () => Promise<MarketHarness>,
  capabilities: MarketCapabilities,
): void {
  describe(name, () => {
    marketSpecs(open, inProcess, capabilities);
  });
}

function marketSpecs(open: () => Promise<MarketHarness>, transports: Transports, capabilities: MarketCapabilities) {
  orderTypeSpecs(open, transports);
  pairSpecs(open, transports);
  replaceSpecs(open, transports);
  accountSpecs(open, capabilities);
}
