import { VENUE_CAPABILITIES } from '../../../src/core/simulation/venue-account.ts';
import { tradingContract } from './exchange-contract.ts';
import { paperExchangeHarness } from './paper-exchange-harness.ts';

tradingContract('ccxt exchange on the paper exchange', paperExchangeHarness, VENUE_CAPABILITIES);
