import { VENUE_CAPABILITIES } from '../../../src/core/simulation/venue-account.ts';
import { inProcessContract } from './exchange-contract.ts';
import { simulatedExchangeHarness } from './simulated-exchange-harness.ts';

inProcessContract('simulated exchange', simulatedExchangeHarness, VENUE_CAPABILITIES);
