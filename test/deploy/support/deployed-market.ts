import { setTimeout as sleep } from 'node:timers/promises';
import { differencesFromExchange, unsettledOrders } from '../../support/compare-books.ts';
import { eventually } from '../../support/eventually.ts';
import type { ExchangeControl } from '../../support/exchange-process.ts';
import type { BusWitness } from './bus-witness.ts';
import type { DeployedSlot } from './deployed-slot.ts';

/** Five bars a second. */
const SPEED = 300;
const LONG = { withinMs: 90_000, everyMs: 200 } as const;

/** The exchange's side of a deployed slot: its market, and whether its books agree with ours. */
export function deployedMarket(exchange: ExchangeControl, slot: DeployedSlot, witness: BusWitness) {
  const own = { slot: slot.slot, ledger: slot.ledger, eventLog: witness.eventLog };
  const time = async (): Promise<number> => (await exchange.books()).marketTime;
  const orderCount = async (): Promise<number> => (await exchange.books()).orders.length;
  return {
    time,
    run: () => exchange.run(SPEED),

    async bars(count: number): Promise<void> {
      const until = (await time()) + count * 60_000;
      await exchange.run(SPEED);
      await eventually(`${count} bars`, async () => (await time()) >= until, LONG);
      await exchange.pause();
    },

    async moreOrders(count: number): Promise<void> {
      const before = await orderCount();
      await exchange.run(SPEED);
      await eventually(`${count} orders more`, async () => (await orderCount()) >= before + count, LONG);
    },

    /** Lets the market go on until the trader holds something, and stops it there. */
    async openPosition(): Promise<void> {
      const held = async () => Number((await exchange.books()).balances.BTC?.free ?? 0) > 0;
      const standsStill = async (): Promise<boolean> => {
        await exchange.run(SPEED);
        await eventually('a position', held, { ...LONG, everyMs: 50 });
        await exchange.pause();
        // The order that ends it may have been on its way.
        await sleep(500);
        return held();
      };
      await eventually('an open position', standsStill, LONG);
    },

    /** In which orders, fills, balances, audit and published events differ from the exchange's own books, once the market stands still. */
    async differences(): Promise<string[]> {
      await exchange.pause();
      const settled = async () => (await unsettledOrders(own, await exchange.books())).length === 0;
      // Not settled in time is a finding, and the comparison names the orders.
      await eventually('settled orders', settled, LONG).catch(() => undefined);
      let found: string[] = [];
      const equal = async () => {
        found = await differencesFromExchange(own, await exchange.books());
        return found.length === 0;
      };
      // What is published comes a moment after what is committed.
      await eventually('equal books', equal, { withinMs: 20_000, everyMs: 500 }).catch(() => undefined);
      return found;
    },
  };
}

export type DeployedMarket = ReturnType<typeof deployedMarket>;
