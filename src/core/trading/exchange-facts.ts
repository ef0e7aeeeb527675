import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type { Exchange, Fill, OrderReport } from '../ports/exchange.ts';
import type { JsonObject, LedgerReader } from '../ports/ledger.ts';
import { parseClientOrderId } from './client-order-id.ts';

/** Several orders on the exchange with one client id of ours. */
export interface DoubledId {
  readonly clientOrderId: string;
  /** The first is the one that `own` holds. */
  readonly exchangeOrderIds: readonly string[];
}

/** What an exchange says of one line, all of it or nothing. */
export interface ExchangeFacts {
  /** The line's own orders by client id: those that rest, and those that changed since. */
  readonly own: ReadonlyMap<string, OrderReport>;
  /** Client ids of own orders that rest. */
  readonly resting: ReadonlySet<string>;
  /** Resting orders of others. */
  readonly foreign: readonly OrderReport[];
  readonly doubled: readonly DoubledId[];
  readonly fills: readonly Fill[];
}

/**
 * Reads open orders, orders that changed and own fills of a line's market.
 *
 * @throws whatever a read throws: a part of it would be taken for the whole
 */
export async function readExchangeFacts(
  line: SlotId,
  symbol: string,
  since: EpochMillis,
  exchange: Pick<Exchange, 'openOrders' | 'ordersSince' | 'fillsSince'>,
): Promise<ExchangeFacts> {
  const isOwn = ({ clientOrderId }: OrderReport): boolean => parseClientOrderId(line, clientOrderId) !== undefined;
  const open = await exchange.openOrders(symbol);
  const changed = await exchange.ordersSince(symbol, since);
  // Last, so that whatever an order above has traded is among them.
  const fills = await exchange.fillsSince(symbol, since);
  const byExchangeId = new Map<string, OrderReport>();
  for (const report of [...open, ...changed].filter(isOwn)) {
    const known = byExchangeId.get(report.exchangeOrderId);
    // What ended between the two reads is in both lists.
    if (!known || report.updatedAt >= known.updatedAt) byExchangeId.set(report.exchangeOrderId, report);
  }
  const own = new Map<string, OrderReport>();
  const ids = new Map<string, string[]>();
  // The first one that was placed is the one that was meant: exchanges count their ids up.
  for (const report of [...byExchangeId.values()].sort((one, other) => byNumber(one, other))) {
    ids.set(report.clientOrderId, [...(ids.get(report.clientOrderId) ?? []), report.exchangeOrderId]);
    if (!own.has(report.clientOrderId)) own.set(report.clientOrderId, report);
  }
  return {
    own,
    resting: new Set(open.filter(isOwn).map(({ clientOrderId }) => clientOrderId)),
    foreign: open.filter((report) => !isOwn(report)),
    doubled: [...ids].flatMap(([clientOrderId, exchangeOrderIds]) =>
      exchangeOrderIds.length > 1 ? [{ clientOrderId, exchangeOrderIds }] : [],
    ),
    fills,
  };
}

const numeric = new Intl.Collator('en', { numeric: true });
const byNumber = (one: OrderReport, other: OrderReport): number =>
  numeric.compare(one.exchangeOrderId, other.exchangeOrderId);

export const doubledText = ({ clientOrderId, exchangeOrderIds }: DoubledId): string =>
  `client order id ${clientOrderId} must name one order on the exchange, names ${exchangeOrderIds.join(' and ')}`;

/** An id whose order has ended in the books, and that another order on the exchange has now; `undefined` when it is the same order. */
export function reusedId(stored: JsonObject, report: OrderReport | undefined): DoubledId | undefined {
  const { exchangeOrderId } = stored;
  if (!report || stored.settled !== true || typeof exchangeOrderId !== 'string') return undefined;
  if (exchangeOrderId === report.exchangeOrderId) return undefined;
  return { clientOrderId: report.clientOrderId, exchangeOrderIds: [exchangeOrderId, report.exchangeOrderId] };
}

/** Those that no person has accepted. */
export async function notAccepted(
  line: SlotId,
  doubled: readonly DoubledId[],
  ledger: LedgerReader,
): Promise<readonly DoubledId[]> {
  if (doubled.length === 0) return doubled;
  const accepted = await readAcceptedOrders(line, ledger);
  return doubled.filter(({ exchangeOrderIds }) => exchangeOrderIds.slice(1).some((id) => !accepted.includes(id)));
}

/** Exchange order ids that a person has accepted beside those of the books. */
export async function readAcceptedOrders(line: SlotId, ledger: LedgerReader): Promise<readonly string[]> {
  const ids = (await ledger.get(keys.acceptedOrders(line)))?.value.exchangeOrderIds;
  return Array.isArray(ids) ? ids.map(String) : [];
}
