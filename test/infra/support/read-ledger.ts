/** As a bundle: reads one item of the ledger, to see who signs the request. */
import { ledger } from '#port/ledger';
import { keys } from '../../../src/core/ledger-keys.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';

console.log(JSON.stringify((await ledger().get(keys.heartbeat('paper:trend:BTC/USDT:1m' as SlotId))) ?? null));
