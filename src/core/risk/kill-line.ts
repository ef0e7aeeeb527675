import { AresError, messageOf } from '../ares-error.ts';
import type { SlotId } from '../models/slot.ts';
import type { Exchange, MarketRules, OrderReport } from '../ports/exchange.ts';
import { parseClientOrderId } from '../trading/client-order-id.ts';
import { type Decimal, floorToStep, ZERO } from '../trading/money.ts';
import { type KillPorts, type KillSale, sellNow } from './kill-sale.ts';
import { type OwnPosition, readOwnPosition } from './own-position.ts';

/** What the kill switch is to do with one market. */
export interface KillWish {
  /** Sells what the line's own trades say it holds. */
  readonly flatten: boolean;
  /** Sells so much, whatever the trades say. */
  readonly quantity: Decimal | undefined;
  /** Leaves resting stop-loss and take-profit orders where they are. */
  readonly keepStops: boolean;
}

/** What the kill switch would do, or has left to do. */
export interface KillPlan {
  readonly line: SlotId;
  /** The line's open orders that are to be cancelled. */
  readonly open: readonly OrderReport[];
  /** Its stops that stay. */
  readonly kept: readonly OrderReport[];
  /** Open orders of others in this market, which are never touched. */
  readonly foreign: number;
  readonly position: OwnPosition;
  /** What is to be sold: never more than there is of the asset. */
  readonly sell: Decimal;
}

/** What can be said of one market without sending anything. @throws what reading the exchange throws */
export async function planKill(line: SlotId, rules: MarketRules, wish: KillWish, ports: KillPorts): Promise<KillPlan> {
  const { exchange } = ports;
  const orders = await ownOpenOrders(line, rules.symbol, wish, exchange);
  const position = await readOwnPosition(line, rules, exchange);
  const balance = (await exchange.balances()).get(rules.base);
  const total = balance ? balance.free.plus(balance.locked) : ZERO;
  return { line, ...orders, position, sell: quantityToSell(wish, position, total, rules) };
}

export interface CancelReport {
  /** Client order ids that were cancelled, or had ended before. */
  readonly cancelled: readonly string[];
  readonly stillOpen: readonly string[];
  /** Why an order is still open, or why it is not known. */
  readonly reason: string | null;
}

/** Each one asks the exchange again what is open: an order may have been on its way. */
const ROUNDS = 6;
const PAUSE_MS = 400;

/** What asking again does not mend. */
const LASTING: ReadonlySet<string> = new Set(['EXCHANGE_REFUSED', 'KEYS_MISSING', 'KEYS_EXPOSED', 'KEYS_INVALID']);

/** Cancels what a line has open until the exchange says that nothing is left. Never throws: what went wrong is part of the report. */
export async function cancelAll(
  line: SlotId,
  symbol: string,
  wish: KillWish,
  { exchange, timers }: KillPorts,
): Promise<CancelReport> {
  const asked = new Set<string>();
  let reason: string | null = null;
  let open: readonly string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    if (round > 0) await timers.sleep(PAUSE_MS * round);
    try {
      open = (await ownOpenOrders(line, symbol, wish, exchange)).open.map(({ clientOrderId }) => clientOrderId);
      if (open.length === 0) return { cancelled: [...asked], stillOpen: [], reason: null };
      for (const id of open) {
        const outcome = await exchange.cancel(symbol, id);
        // Whether it worked, the next reading says.
        asked.add(id);
        if (outcome.outcome === 'unknown') reason = outcome.reason;
      }
    } catch (failure) {
      reason = messageOf(failure);
      if (failure instanceof AresError && LASTING.has(failure.code)) break;
    }
  }
  return {
    cancelled: [...asked].filter((id) => !open.includes(id)),
    stillOpen: open,
    reason: reason ?? 'the exchange still lists it after each cancel',
  };
}

/** Sells at the market what the plan says, as long as it is free. Never throws. */
export async function flatten(
  line: SlotId,
  rules: MarketRules,
  wish: KillWish,
  patienceMs: number,
  ports: KillPorts,
): Promise<KillSale> {
  try {
    const position = await readOwnPosition(line, rules, ports.exchange);
    if (!position.known && wish.quantity === undefined) return { outcome: 'not_known', reason: position.reason };
    const { free, locked } = (await ports.exchange.balances()).get(rules.base) ?? { free: ZERO, locked: ZERO };
    const quantity = quantityToSell(wish, position, free, rules);
    const wanted = quantityToSell(wish, position, free.plus(locked), rules);
    const isLocked = quantity.lt(wanted) && wanted.gte(rules.minQuantity);
    const lockedText = `${wanted.toFixed()} ${rules.base} are to be sold, ${free.toFixed()} are free: an order placed meanwhile has the rest; end whoever places them, and ask again`;
    if (isLocked && quantity.lt(rules.minQuantity)) return { outcome: 'failed', reason: lockedText };
    if (quantity.lt(rules.minQuantity) || quantity.eq(0)) {
      const held = position.known ? position.held.toFixed() : 'unknown';
      return {
        outcome: 'nothing',
        reason: `${held} ${rules.base} held, ${free.toFixed()} free: less than an order takes`,
      };
    }
    const sale = await sellNow({ line, rules, quantity, taken: position.orders, patienceMs }, ports);
    return isLocked && sale.outcome === 'sold' ? { ...sale, outcome: 'sold_in_part', quantity: wanted } : sale;
  } catch (failure) {
    return { outcome: 'failed', reason: messageOf(failure) };
  }
}

function quantityToSell(wish: KillWish, position: OwnPosition, available: Decimal, rules: MarketRules): Decimal {
  const wanted = wish.quantity ?? (position.known ? position.held : ZERO);
  return floorToStep(wanted.lt(available) ? wanted : available, rules.quantityStep);
}

async function ownOpenOrders(
  line: SlotId,
  symbol: string,
  { keepStops }: KillWish,
  exchange: Pick<Exchange, 'openOrders'>,
): Promise<Pick<KillPlan, 'open' | 'kept' | 'foreign'>> {
  const all = await exchange.openOrders(symbol);
  const own = all.filter(({ clientOrderId }) => parseClientOrderId(line, clientOrderId));
  const stays = ({ clientOrderId }: OrderReport): boolean => {
    const leg = parseClientOrderId(line, clientOrderId)?.leg;
    return keepStops && (leg === 'stop_loss' || leg === 'take_profit');
  };
  return { open: own.filter((order) => !stays(order)), kept: own.filter(stays), foreign: all.length - own.length };
}
