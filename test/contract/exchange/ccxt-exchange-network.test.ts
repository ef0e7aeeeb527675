import { networkContract } from './exchange-contract.ts';
import { paperExchangeHarness } from './paper-exchange-harness.ts';

networkContract('ccxt exchange on the paper exchange', paperExchangeHarness);
