import type { SlotId } from '../../../src/core/models/slot.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Exchange, Fill, MarketRules, OrderReport, SubmitOutcome } from '../../../src/core/ports/exchange.ts';
import type { ApprovedOrder } from '../../../src/core/risk/approved-order.ts';
import type { KillPorts } from '../../../src/core/risk/kill-sale.ts';
import { clientOrderId, type Leg } from '../../../src/core/trading/client-order-id.ts';
import { decimal, price, quantity, ZERO } from '../../../src/core/trading/money.ts';

export const SLOT = 'main:trend:BTC/USDT:1m' as SlotId;
export const WALL = 1_700_000_000_500;

const rules: MarketRules = {
  symbol: 'BTC/USDT',
  base: 'BTC',
  quote: 'USDT',
  priceStep: decimal('0.01'),
  quantityStep: decimal('0.0001'),
  minQuantity: decimal('0.001'),
  minNotional: decimal('5'),
  takerFee: decimal('0.001'),
  makerFee: decimal('0.001'),
};

interface Placed {
  readonly id: string;
  readonly side: 'buy' | 'sell';
  readonly amount: string;
  readonly filled?: string;
  readonly fee?: string;
  readonly open?: boolean;
}

/** An exchange with orders of a slot and of others, whose answers can be made to fail. */
export function openKillDesk() {
  const orders = new Map<string, OrderReport & { readonly fee: string }>();
  const log: string[] = [];
  const balances = { free: decimal('0'), locked: ZERO };
  const faults = {
    /** Answers to so many reads of the open orders. */
    failedReads: 0,
    /** Cancels that are not answered, though they happen. */
    lostCancels: 0,
    /** Never cancelled. */
    stuck: new Set<string>(),
    submit: undefined as ((order: ApprovedOrder) => SubmitOutcome) | undefined,
    /** Orders that turn up once so many reads were answered. */
    late: [] as { after: number; placed: Placed }[],
    lostTrades: new Set<string>(),
    /** What each of the failed reads says. */
    failure: new Error('the exchange is unavailable') as Error,
    close: 100 as number | undefined,
    failedRules: false,
    failedLooks: 0,
    noBalance: false,
    /** Of one order. */
    maxQuantity: undefined as string | undefined,
  };
  let exchangeIds = 0;
  let slept = 0;
  let reads = 0;

  const place = ({ id, side, amount, filled = '0', fee = '0', open = true }: Placed, symbol = 'BTC/USDT'): void => {
    exchangeIds += 1;
    const [size, done] = [quantity(amount), quantity(filled)];
    const status = open ? 'new' : done.eq(size) ? 'filled' : 'cancelled';
    const known = {
      symbol,
      clientOrderId: id,
      exchangeOrderId: String(exchangeIds),
      side,
      status,
      updatedAt: epochMillis(exchangeIds),
    } as const;
    orders.set(id, { ...known, quantity: size, filled: done, fee });
    // A sale that rests locks what it would sell.
    if (open && side === 'sell') balances.locked = balances.locked.plus(size);
  };
  const end = (id: string): OrderReport | undefined => {
    const order = orders.get(id);
    if (order?.status !== 'new' || faults.stuck.has(id)) return undefined;
    const ended = { ...order, status: 'cancelled' as const };
    orders.set(id, ended);
    if (order.side === 'sell') {
      balances.locked = balances.locked.minus(order.quantity);
      balances.free = balances.free.plus(order.quantity);
    }
    return ended;
  };

  const exchange: Partial<Exchange> = {
    async rules(symbol) {
      if (faults.failedRules) throw faults.failure;
      const most = faults.maxQuantity ? { maxQuantity: decimal(faults.maxQuantity) } : {};
      return { ...rules, symbol, base: symbol.split('/')[0] as string, ...most };
    },
    candles: async () =>
      faults.close === undefined
        ? []
        : [{ openTime: epochMillis(0), open: 100, high: 100, low: 100, close: faults.close, volume: 1 }],
    async openOrders(symbol) {
      reads += 1;
      if (faults.failedReads > 0) {
        faults.failedReads -= 1;
        throw faults.failure;
      }
      for (const due of faults.late.filter(({ after }) => after === reads)) place(due.placed);
      return [...orders.values()].filter((order) => order.symbol === symbol && order.status === 'new');
    },
    ordersSince: async (symbol) => [...orders.values()].filter((order) => order.symbol === symbol),
    fillsSince: async (symbol) =>
      [...orders.values()]
        .filter((order) => order.symbol === symbol && order.filled.gt(0) && !faults.lostTrades.has(order.clientOrderId))
        .map(
          (order): Fill => ({
            symbol,
            tradeId: `t${order.exchangeOrderId}`,
            exchangeOrderId: order.exchangeOrderId,
            side: order.side,
            price: price('100'),
            quantity: order.filled,
            fee: decimal(order.fee),
            feeAsset: order.side === 'buy' ? 'BTC' : 'USDT',
            executedAt: order.updatedAt,
          }),
        ),
    balances: async () => new Map(faults.noBalance ? [] : [['BTC', { ...balances }]]),
    async order(_symbol, id) {
      if (faults.failedLooks > 0) {
        faults.failedLooks -= 1;
        throw faults.failure;
      }
      return orders.get(id);
    },
    async cancel(_symbol, id) {
      log.push(`cancel ${id}`);
      const report = end(id);
      if (faults.lostCancels > 0) {
        faults.lostCancels -= 1;
        return { outcome: 'unknown', reason: 'no answer' };
      }
      return report ? { outcome: 'cancelled', report } : { outcome: 'not_open' };
    },
    async submit(order) {
      log.push(`${order.side} ${order.quantity.toFixed()} ${order.type}`);
      if (faults.submit) return faults.submit(order);
      const amount = order.quantity.toFixed();
      place({ id: order.clientOrderId, side: order.side, amount, filled: amount, open: false });
      balances.free = balances.free.minus(order.quantity);
      return { outcome: 'acknowledged', report: orders.get(order.clientOrderId) as OrderReport, fills: [] };
    },
  };
  const ports: KillPorts = {
    exchange: exchange as Exchange,
    timers: {
      sleep: async (ms) => {
        slept += ms;
      },
      every: () => () => undefined,
    },
    wallClock: { now: () => epochMillis(WALL) },
  };
  return {
    ports,
    faults,
    balances,
    log,
    place,
    slept: () => slept,
    reads: () => reads,
    order: (id: string) => orders.get(id) as OrderReport,
    openIds: () =>
      [...orders.values()].filter(({ status }) => status === 'new').map(({ clientOrderId }) => clientOrderId),
    /** The id of an order of the slot. */
    id: (leg: Leg, attempt = 0, slot: SlotId = SLOT) =>
      clientOrderId({ slot, barClose: epochMillis(1_650_000_000_000), leg, attempt, epoch: 3 }),
  };
}
